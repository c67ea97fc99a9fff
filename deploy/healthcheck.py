"""Check the health of this container's web server. The exit code is 0 if it answers 200."""

import http.client
import os
from urllib.parse import urlsplit

# With the public host name, because Django refuses other hosts.
name = urlsplit(os.environ["SITE_URL"]).netloc
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
connection.request("GET", "/health/live", headers={"Host": name})
raise SystemExit(connection.getresponse().status != http.HTTPStatus.OK)
