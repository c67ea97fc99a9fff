"""The upload handler for files that are too large for memory."""

from contextlib import suppress

from django.core.files.uploadhandler import TemporaryFileUploadHandler


class TemporaryFiles(TemporaryFileUploadHandler):
    """Django's handler, but it deletes the incomplete file when the disk is full."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        try:
            return super().receive_data_chunk(raw_data, start)
        except OSError:
            # Closing deletes the file, and raises the same error as writing.
            with suppress(OSError):
                self.file.close()
            raise
