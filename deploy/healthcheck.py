"""Asks the web server of this container whether it lives; the exit code is the answer."""

import http.client
import os
from urllib.parse import urlsplit

# By the name that visitors use, for every other is refused.
name = urlsplit(os.environ["SITE_URL"]).netloc
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
connection.request("GET", "/health/live", headers={"Host": name})
raise SystemExit(connection.getresponse().status != http.HTTPStatus.OK)
