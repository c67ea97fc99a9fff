"""Draw a logo and two portraits for the demo clinic, so that no picture file is needed."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from font_manrope import ManropeBold
from PIL import Image, ImageDraw, ImageFont

from core import pictures
from dev.demo_data.people import SeededClinic
from patients.doctors import editing
from workspaces.branding import actions
from workspaces.branding.actions import BrandDetails

COLOUR = "#1f6fb2"
# The background, skin, hair and coat of each portrait.
PORTRAITS = {
    "Dra. María López": ("#f3d9c9", "#d9a17f", "#3b2a23", "#ffffff"),
    "Dr. Andrés Cevallos": ("#cfe0ee", "#c98f6b", "#20242c", "#e8f1f8"),
}
# Hair that falls to the shoulders.
LONG_HAIR = {"Dra. María López"}


def add_brand(seeded: SeededClinic) -> None:
    owner = next(iter(seeded.people.values()))
    actions.change_brand(
        workspace=seeded.workspace,
        details=BrandDetails(colour=COLOUR, show_doctor_photo=True),
        logo=pictures.encode_logo(_as_upload(draw_logo(seeded.workspace.name))),
        by=owner,
    )
    for name in PORTRAITS:
        photo = pictures.encode_photo(_as_upload(draw_portrait(name)))
        editing.save_photo(workspace=seeded.workspace, name=name, photo=photo, by=owner)


def draw_logo(name: str) -> Image.Image:
    """Return a heart on a rounded square, and the name beside it."""
    font = ImageFont.truetype(ManropeBold, 128)
    width = 300 + int(font.getlength(name))
    image = Image.new("RGBA", (width, 240), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, 239, 239), radius=60, fill=COLOUR)
    pen.ellipse((52, 66, 124, 138), fill="#ffffff")
    pen.ellipse((116, 66, 188, 138), fill="#ffffff")
    pen.polygon([(58, 120), (182, 120), (120, 192)], fill="#ffffff")
    pen.text((280, 120), name, font=font, fill="#16324a", anchor="lm")
    return image


def draw_portrait(name: str) -> Image.Image:
    ground, skin, hair, coat = PORTRAITS[name]
    image = Image.new("RGB", (800, 800), ground)
    pen = ImageDraw.Draw(image)
    if name in LONG_HAIR:
        pen.rounded_rectangle((235, 180, 565, 620), radius=160, fill=hair)
    pen.rounded_rectangle((345, 480, 455, 680), radius=50, fill=skin)
    pen.rounded_rectangle((170, 610, 630, 900), radius=150, fill=coat)
    pen.polygon([(345, 612), (455, 612), (400, 730)], fill=skin)
    pen.ellipse((270, 210, 530, 550), fill=skin)
    pen.chord((262, 190, 538, 470), 180, 360, fill=hair)
    pen.ellipse((335, 365, 361, 391), fill="#2b2320")
    pen.ellipse((439, 365, 465, 391), fill="#2b2320")
    pen.arc((345, 400, 455, 480), 25, 155, fill="#8c4a3b", width=9)
    return image


def _as_upload(image: Image.Image) -> SimpleUploadedFile:
    file = BytesIO()
    image.save(file, "PNG")
    return SimpleUploadedFile("picture.png", file.getvalue())
