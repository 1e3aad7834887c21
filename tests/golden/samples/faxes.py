"""One small page as fax machines write it into TIFF: Group 3 in one and in two dimensions, and modified Huffman."""

import io

from PIL import Image, ImageDraw, ImageFont

T4_OPTIONS, X_RESOLUTION, Y_RESOLUTION = 292, 282, 283


def all_faxes():
    # The coarse grade: half as many dots down as across.
    page = Image.new("1", (408, 98), 1)
    ImageDraw.Draw(page).text((8, 10), "RE-2026", font=ImageFont.load_default(60), fill=0)
    for name, compression, options in (("1d", "group3", 0), ("2d", "group3", 1), ("huffman", "tiff_ccitt", 0)):
        buffer = io.BytesIO()
        page.save(buffer, "TIFF", compression=compression,
                  tiffinfo={T4_OPTIONS: options, X_RESOLUTION: 204.0, Y_RESOLUTION: 98.0})
        yield f"fax_{name}.tiff", buffer.getvalue()
