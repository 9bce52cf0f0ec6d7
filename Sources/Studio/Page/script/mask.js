// Masks of a photo: COCO's uncompressed run lengths, column by column; pictures and outlines of them.

const mostPixels = 1 << 21;

/** A mask's pixels, one in `step` in both directions where the photo is large: { width, height, step, bits }. */
export function decodeMask({ size: [height, width], counts }) {
  const step = Math.max(1, Math.ceil(Math.sqrt(height * width / mostPixels))), half = step >> 1;
  const columns = Math.floor((width - 1 - half) / step) + 1, rows = Math.floor((height - 1 - half) / step) + 1;
  const bits = new Uint8Array(columns * rows);
  let at = 0;
  counts.forEach((run, i) => {
    if (i % 2) {
      for (let p = at; p < at + run;) {
        const x = Math.floor(p / height), top = p - x * height, bottom = Math.min(height, top + at + run - p);
        if ((x - half) % step === 0 && x >= half) {
          const column = (x - half) / step;
          for (let row = Math.max(0, Math.ceil((top - half) / step)); row * step + half < bottom && row < rows; row++) bits[row * columns + column] = 1;
        }
        p += bottom - top;
      }
    }
    at += run;
  });
  return { width: columns, height: rows, step, bits };
}

/** The run lengths of a black and white picture. */
export async function maskOfPicture(blob) {
  const picture = await createImageBitmap(blob), { width, height } = picture;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, width, height), counts = [];
  let isInside = false, run = 0;
  for (let x = 0; x < width; x++) for (let y = 0; y < height; y++) {
    if ((data[4 * (y * width + x)] > 127) !== isInside) { counts.push(run); run = 0; isInside = !isInside; }
    run++;
  }
  return { size: [height, width], counts: [...counts, run] };
}

/** A picture of the mask in one colour, transparent elsewhere (or where it is, if inverted). */
export function maskPicture({ width, height, bits }, [r, g, b], isInverted = false) {
  const canvas = new OffscreenCanvas(width, height), context = canvas.getContext('2d'), image = context.createImageData(width, height);
  const words = new Uint32Array(image.data.buffer), word = (255 << 24 | b << 16 | g << 8 | r) >>> 0;
  for (let i = 0; i < bits.length; i++) if ((bits[i] !== 0) !== isInverted) words[i] = word;
  context.putImageData(image, 0, 0);
  return canvas;
}

// directions round a mask: east, south, west, north; the mask is to the right
const ahead = [[1, 0], [0, 1], [-1, 0], [0, -1]];
const rightOf = [[0, 0], [-1, 0], [-1, -1], [0, -1]], leftOf = [[0, -1], [0, 0], [-1, 0], [-1, -1]];

/** The outline of a mask as a path in the photo's pixels, its pixel steps rounded off. */
export function maskOutline({ width, height, step, bits }) {
  const path = new Path2D(), isSeen = new Uint8Array(width * height);
  const inside = (x, y) => x >= 0 && y >= 0 && x < width && y < height && bits[y * width + x] !== 0;
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
    if (isSeen[y * width + x] || !inside(x, y) || inside(x, y - 1)) continue;
    addLoop(path, traced(x, y, inside, (px, py) => { isSeen[py * width + px] = 1; }), step);
  }
  return path;
}

/** The corners of one loop round the mask from the upper left corner of a pixel whose upper neighbour is outside. */
function traced(x0, y0, inside, mark) {
  const points = [];
  let [x, y, d] = [x0, y0, 0];
  do {
    points.push(x, y);
    if (d === 0) mark(x, y);
    x += ahead[d][0]; y += ahead[d][1];
    if (inside(x + leftOf[d][0], y + leftOf[d][1])) d = (d + 3) % 4;
    else if (!inside(x + rightOf[d][0], y + rightOf[d][1])) d = (d + 1) % 4;
  } while (x !== x0 || y !== y0 || d !== 0);
  return points;
}

function addLoop(path, points, step) {
  const count = points.length / 2, reach = count > 24 ? 2 : 1;
  for (let i = 0; i < count; i += count > 24 ? 2 : 1) {
    let x = 0, y = 0;
    for (let k = -reach; k <= reach; k++) {
      const j = 2 * ((i + k + count) % count);
      x += points[j]; y += points[j + 1];
    }
    path[i ? 'lineTo' : 'moveTo'](x / (2 * reach + 1) * step, y / (2 * reach + 1) * step);
  }
  path.closePath();
}
