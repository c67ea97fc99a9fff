"""Images: the badge for the web site of a clinic, and the QR code of a star page."""

from io import BytesIO

import qrcode
from django.template.loader import render_to_string
from django.utils.formats import number_format
from qrcode.image.svg import SvgPathImage

from insights.sharing.reports import PublicReport

STARS = 5


def render_badge(report: PublicReport) -> str:
    average = report.figures.average or 0
    context = {
        "shown": report,
        "average": number_format(round(average, 1), 1),
        "filled": round(average * 100 / STARS, 1),
    }
    return render_to_string("insights/sharing/badge.svg", context)


def render_qr_code(address: str) -> bytes:
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M, border=2, image_factory=SvgPathImage
    )
    code.add_data(address)
    file = BytesIO()
    code.make_image().save(file)
    return file.getvalue()
