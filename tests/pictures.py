"""Pictures to upload, drawn for a test."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw


def as_upload(image: Image.Image, format: str = "PNG", **options: Any) -> SimpleUploadedFile:
    file = BytesIO()
    image.save(file, format, **options)
    return SimpleUploadedFile(f"picture.{format.lower()}", file.getvalue())


def draw_logo(*, size: tuple[int, int] = (600, 200), colour: str = "#1f6fb2") -> Image.Image:
    """Return a shape on a transparent ground, as logos are."""
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((50, 20, size[0] - 50, size[1] - 20), fill=colour)
    return image
