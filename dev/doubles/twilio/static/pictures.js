// Pictures that the visitor sends as the patient. WhatsApp, too, makes them small before it sends.

const LONGEST_SIDE = 1280;
const QUALITY = 0.8;

export async function fromFile(file) {
  const bitmap = await createImageBitmap(file);
  const share = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  return drawn(Math.ceil(bitmap.width * share), Math.ceil(bitmap.height * share), (pen, canvas) =>
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height),
  );
}

/** A prescription on a table, with lines instead of words. */
export function sample() {
  return drawn(960, 720, (pen) => {
    const fill = (colour, ...place) => {
      pen.fillStyle = colour;
      pen.fillRect(...place);
    };
    fill("#a9805b", 0, 0, 960, 720);
    for (let y = 60; y < 720; y += 120) fill("#9c744f", 0, y, 960, 6);
    pen.rotate(-0.05);
    fill("#fffdf9", 240, 80, 500, 600);
    fill("#14605a", 290, 130, 180, 26);
    fill("#b5402b", 650, 120, 14, 50);
    fill("#b5402b", 632, 138, 50, 14);
    [380, 300, 410, 350, 240].forEach((width, row) => {
      fill("#857d6d", 290, 230 + row * 56, width, 10);
    });
    pen.strokeStyle = "#2b62b8";
    pen.lineWidth = 6;
    pen.beginPath();
    pen.moveTo(520, 600);
    pen.bezierCurveTo(560, 510, 590, 640, 630, 570);
    pen.bezierCurveTo(650, 540, 660, 610, 690, 580);
    pen.stroke();
  });
}

function drawn(width, height, draw) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  // What is transparent would be black in a JPEG.
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  draw(pen, canvas);
  const [, data] = canvas.toDataURL("image/jpeg", QUALITY).split(",");
  return { content_type: "image/jpeg", data };
}
