import { componentsOf } from './colours.js';
import { decodeMask, maskOutline, maskPicture } from './mask.js';

/**
 * Draws a photo with masks, outlines, points and a box into a canvas, and turns places of the canvas into pixels of the photo.
 *
 * Layers: { mask (run lengths), color, style: 'part' | 'kept' | 'object' | 'hover' }.
 */
export class PhotoView {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d');
    this.layers = [];
    this.points = [];
    this.made = new Map();
    this.zoom = 1;
    this.offset = [0, 0];
    new ResizeObserver(() => this.redraw()).observe(canvas);
  }

  /** Shows a picture of a photo of `width` x `height` pixels, or nothing. */
  show(picture, width, height) {
    Object.assign(this, { picture, width, height, layers: [], points: [], box: null, ring: null, zoom: 1, offset: [0, 0] });
    this.redraw();
  }

  set(values) {
    const isNew = values.layers && values.layers.some(l => l.style === 'part' && !this.layers.some(o => o.mask === l.mask));
    Object.assign(this, values);
    // the history keeps masks for long; what was drawn of them it does not
    for (const mask of this.made.keys()) if (!this.layers.some(layer => layer.mask === mask)) this.made.delete(mask);
    if (isNew) this.begun = performance.now();
    this.redraw();
  }

  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  // Places

  /** Canvas CSS pixels for each photo pixel. */
  get scale() {
    const { clientWidth, clientHeight } = this.canvas, margin = 24;
    return this.zoom * Math.max(0.001, Math.min((clientWidth - 2 * margin) / this.width, (clientHeight - 2 * margin) / this.height));
  }

  get origin() {
    const { clientWidth, clientHeight } = this.canvas;
    return [(clientWidth - this.width * this.scale) / 2 + this.offset[0], (clientHeight - this.height * this.scale) / 2 + this.offset[1]];
  }

  /** The place in the photo under a place of the canvas; null outside. */
  photoPlace(x, y, isClamped = false) {
    if (!this.picture) return null;
    const [ox, oy] = this.origin, place = [(x - ox) / this.scale, (y - oy) / this.scale];
    if (isClamped) return [Math.min(this.width - 0.01, Math.max(0, place[0])), Math.min(this.height - 0.01, Math.max(0, place[1]))];
    return place[0] >= 0 && place[1] >= 0 && place[0] < this.width && place[1] < this.height ? place : null;
  }

  canvasPlace(x, y) {
    const [ox, oy] = this.origin;
    return [ox + x * this.scale, oy + y * this.scale];
  }

  /** Zooms by a factor about a place of the canvas. */
  zoomBy(factor, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    const [ox, oy] = this.origin, before = [(x - ox) / this.scale, (y - oy) / this.scale];
    this.zoom = Math.max(1, Math.min(40, this.zoom * factor));
    const [nx, ny] = this.origin;
    this.offset = [this.offset[0] + x - before[0] * this.scale - nx, this.offset[1] + y - before[1] * this.scale - ny];
    this.panBy(0, 0);
  }

  panBy(dx, dy) {
    const { clientWidth, clientHeight } = this.canvas;
    const reach = [Math.max(0, (this.width * this.scale - clientWidth) / 2 + 40), Math.max(0, (this.height * this.scale - clientHeight) / 2 + 40)];
    this.offset = this.zoom === 1 ? [0, 0] : [dx, dy].map((d, i) => Math.max(-reach[i], Math.min(reach[i], this.offset[i] + d)));
    this.redraw();
  }

  fit() {
    this.zoom = 1;
    this.offset = [0, 0];
    this.redraw();
  }

  // Drawing

  draw() {
    const { canvas, context: c } = this, ratio = Math.min(2, window.devicePixelRatio || 1);
    const [width, height] = [Math.max(1, Math.round(canvas.clientWidth * ratio)), Math.max(1, Math.round(canvas.clientHeight * ratio))];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.clearRect(0, 0, width, height);
    if (!this.picture) return;
    const [ox, oy] = this.origin, s = this.scale;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.save();
    c.translate(ox, oy);
    c.scale(s, s);
    c.imageSmoothingEnabled = s < 4;
    c.imageSmoothingQuality = 'high';
    c.drawImage(this.picture, 0, 0, this.width, this.height);
    const t = Math.min(1, (performance.now() - (this.begun ?? -Infinity)) / 220);
    for (const layer of this.layers) this.drawLayer(layer, layer.style === 'part' ? t : 1);
    c.restore();
    if (this.box) this.drawBox(this.box);
    if (this.ring) this.drawRing(...this.canvasPlace(...this.ring));
    for (const point of this.points) this.drawPoint(...this.canvasPlace(point.x, point.y), point.isWanted);
    if (this.cursor) this.drawCursor(...this.canvasPlace(...this.cursor));
    if (t < 1) this.redraw();
  }

  /** A mask's pixels, pictures and outline, made once for each mask. */
  shapesOf(mask) {
    if (!this.made.has(mask)) {
      const decoded = decodeMask(mask);
      this.made.set(mask, { decoded, outline: maskOutline(decoded), pictures: new Map() });
    }
    return this.made.get(mask);
  }

  drawLayer({ mask, color, style }, shown) {
    const { context: c } = this, { decoded, outline, pictures } = this.shapesOf(mask), isObject = style === 'object';
    const key = isObject ? 'outside' : color;
    if (!pictures.has(key)) pictures.set(key, maskPicture(decoded, isObject ? [8, 9, 12] : componentsOf(color), isObject));
    c.globalAlpha = shown * { part: 0.42, kept: 0.28, object: 0.34, hover: 0.22 }[style];
    c.drawImage(pictures.get(key), 0, 0, decoded.width * decoded.step, decoded.height * decoded.step);
    c.globalAlpha = shown;
    if (!isObject) {
      const thin = 1 / this.scale;
      c.lineJoin = 'round';
      if (style === 'part') this.stroke(outline, 'rgba(255, 255, 255, 0.92)', 3.6 * thin);
      this.stroke(outline, color, (style === 'part' ? 1.9 : 1.4) * thin, style === 'hover' ? [4 * thin, 3 * thin] : []);
    }
    c.globalAlpha = 1;
  }

  stroke(path, colour, width, dashes = []) {
    const { context: c } = this;
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.setLineDash(dashes);
    c.stroke(path);
    c.setLineDash([]);
  }

  drawBox([x0, y0, x1, y1]) {
    const path = new Path2D(), [left, top] = this.canvasPlace(x0, y0), [right, bottom] = this.canvasPlace(x1, y1);
    path.rect(left, top, right - left, bottom - top);
    this.stroke(path, 'rgba(0, 0, 0, 0.6)', 3);
    this.stroke(path, '#ffffff', 1.5, [6, 4]);
  }

  drawPoint(x, y, isWanted) {
    const disc = new Path2D(), sign = new Path2D();
    disc.arc(x, y, 8, 0, 2 * Math.PI);
    sign.moveTo(x - 3.5, y);
    sign.lineTo(x + 3.5, y);
    if (isWanted) { sign.moveTo(x, y - 3.5); sign.lineTo(x, y + 3.5); }
    this.context.fillStyle = isWanted ? '#12885f' : '#d0342c';
    this.context.fill(disc);
    this.stroke(disc, '#ffffff', 1.8);
    this.stroke(sign, '#ffffff', 1.8);
  }

  drawRing(x, y) {
    const path = new Path2D();
    path.arc(x, y, 11, 0, 2 * Math.PI);
    path.moveTo(x + 1.6, y);
    path.arc(x, y, 1.6, 0, 2 * Math.PI);
    this.stroke(path, 'rgba(0, 0, 0, 0.55)', 4.5);
    this.stroke(path, '#ffffff', 2);
  }

  drawCursor(x, y) {
    const path = new Path2D();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      path.moveTo(x + 4 * dx, y + 4 * dy);
      path.lineTo(x + 14 * dx, y + 14 * dy);
    }
    this.stroke(path, 'rgba(0, 0, 0, 0.75)', 4);
    this.stroke(path, '#ffffff', 1.8);
  }
}
