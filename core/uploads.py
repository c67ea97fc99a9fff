"""How an uploaded file is kept while its form is read."""

from contextlib import suppress

from django.core.files.uploadhandler import TemporaryFileUploadHandler


class TemporaryFiles(TemporaryFileUploadHandler):
    """Django's, which leaves a part of the file behind when the disk is full."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        try:
            return super().receive_data_chunk(raw_data, start)
        except OSError:
            # Closing deletes it, and fails for the same reason as writing did.
            with suppress(OSError):
                self.file.close()
            raise
