"""The QR code of a star page."""

from io import BytesIO

import qrcode
from qrcode.image.svg import SvgPathImage


def render_qr_code(address: str) -> bytes:
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M, border=2, image_factory=SvgPathImage
    )
    code.add_data(address)
    file = BytesIO()
    code.make_image().save(file)
    return file.getvalue()
