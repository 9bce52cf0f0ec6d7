import { AmbientLight } from './ambient.js';
import { Camera, poseBetween, poseFacing } from './camera.js';
import { attribute, Offscreen, Program, Table } from './gl.js';
import { Materials } from './materials.js';
import * as shaders from './shaders.js';
import { scale } from './vectors.js';

const calm = window.matchMedia('(prefers-reduced-motion: reduce)');
const turnTime = 420, spreadTime = 520, growTime = 260, slowFrame = 45;
const smooth = t => t * t * (3 - 2 * t);

/**
 * Draws a surface, its colours and marks into a canvas, and says which face lies under a pixel.
 *
 * Faces are the file's. Colours come as RGBA bytes for each face: alpha 0 is bare clay, 255 the answer that is lit, less is a kept part.
 */
export class Viewer {
  constructor(canvas) {
    this.canvas = canvas;
    const gl = this.gl = canvas.getContext('webgl2', { antialias: true, alpha: true, premultipliedAlpha: true });
    if (!gl) throw new Error('This browser has no WebGL2, which the mesh is drawn with.');
    this.camera = new Camera();
    this.look = new Program(gl, shaders.surfaceVertex, shaders.surfaceFragment, shaders.attributes);
    this.number = new Program(gl, shaders.numberVertex, shaders.numberFragment, shaders.attributes);
    this.mark = new Program(gl, shaders.markVertex, shaders.markFragment, []);
    this.ambient = new AmbientLight(gl);
    this.ids = new Offscreen(gl);
    this.nothing = gl.createVertexArray();
    this.materials = new Materials(gl);
    this.style = { clay: [0.50, 0.485, 0.465], darkness: 0, heatShown: 0, wires: 0, unsure: 0, paintedShown: 0 };
    this.marks = [];
    this.spread = { from: [0, 0, 0], begun: -Infinity };
    this.sharpness = 1;
    new ResizeObserver(() => this.redraw()).observe(canvas);
  }

  /** Shows a surface, or nothing. */
  show(surface) {
    const { gl } = this;
    if (this.arrays) {
      gl.deleteVertexArray(this.arrays);
      for (const buffer of this.buffers) gl.deleteBuffer(buffer);
      for (const table of this.tables) table.free();
      this.materials.free();
    }
    this.ambient.round++;
    this.surface = surface;
    this.arrays = null;
    this.marks = [];
    if (surface) {
      this.arrays = gl.createVertexArray();
      gl.bindVertexArray(this.arrays);
      this.levels = new Uint8Array(12 * surface.triangleCount);
      for (let i = 0; i < this.levels.length; i += 4) this.levels[i] = 255;
      this.buffers = [
        attribute(gl, 0, surface.corners, 3, gl.FLOAT, false),
        attribute(gl, 1, surface.normals, 4, gl.BYTE, true),
        attribute(gl, 2, this.levels, 4, gl.UNSIGNED_BYTE, true, gl.DYNAMIC_DRAW),
      ];
      gl.bindVertexArray(null);
      this.tables = [new Table(gl, surface.triangleCount), new Table(gl, surface.triangleCount)];
      this.camera.reset();
      this.ambient.start(surface, () => this.triangles(), open => this.setLevel(0, open));
    }
    this.moved();
  }

  /** Colours the faces, RGBA [F x 4]; what is new spreads from a place of the surface if one is given. */
  paint(colours, from = null) {
    if (!this.surface) return;
    const [now, before] = this.tables, { faceOfTriangle } = this.surface;
    before.texels.set(now.texels);
    const texels = new Uint32Array(now.texels.buffer), source = new Uint32Array(colours.buffer);
    for (let t = 0; t < faceOfTriangle.length; t++) texels[t] = source[faceOfTriangle[t]];
    now.send();
    before.send();
    const isMoving = from && !calm.matches;
    this.spread = { from: from ?? [0, 0, 0], begun: isMoving ? performance.now() : -Infinity };
    this.redraw();
  }

  /** One byte for each vertex into a channel of the levels: 0 openness to the light, 1 heat. */
  setLevel(channel, values) {
    const { triangles } = this.surface, { gl } = this;
    for (let i = 0; i < triangles.length; i++) this.levels[4 * i + channel] = values[triangles[i]];
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[2]);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, this.levels);
    this.redraw();
  }

  /** Takes in the file's own paint, with the geometry's tensors, the list of materials, and the addresses of their pictures. */
  async takePaint(tensors, list, address) {
    this.gl.bindVertexArray(this.arrays);
    this.materials.take(this.surface, tensors, list);
    this.gl.bindVertexArray(null);
    await this.materials.load(address);
    this.redraw();
  }

  /** Changes how the surface looks: clay, darkness, heatShown, paintedShown, wires, unsure. */
  restyle(style) {
    Object.assign(this.style, style);
    this.redraw();
  }

  /** Marks at places of the surface: { position, kind: 'ring' | 'plus' | 'minus', colour [r, g, b] in 0...1, isFaint }. */
  setMarks(marks) {
    const old = new Set(this.marks.map(m => m.position.join()));
    this.marks = marks.map(m => ({ ...m, begun: old.has(m.position.join()) || calm.matches ? -Infinity : performance.now() }));
    this.redraw();
  }

  /** Turns, gently, so that the given direction points at the eye. */
  turnTo(direction) { this.moveTo(poseFacing(this.camera.pose, direction)); }

  /** The whole surface from where one looks. */
  fit() { this.moveTo({ ...this.camera.pose, distance: new Camera().distance, target: [0, 0, 0] }); }

  moveTo(pose) {
    if (calm.matches) this.camera.pose = pose;
    else this.turn = { from: this.camera.pose, to: pose, begun: performance.now() };
    this.moved();
  }

  /** Stops a turn: somebody takes the surface in hand. */
  hold() { this.turn = null; }

  moved() {
    this.idsAreStale = true;
    this.lastMoved = performance.now();
    this.redraw();
  }

  redraw() {
    this.frame ??= requestAnimationFrame(time => {
      this.frame = null;
      this.draw(Math.max(time, performance.now()));
    });
  }

  // Drawing

  get aspect() { return this.canvas.width / Math.max(1, this.canvas.height); }

  resize() {
    const ratio = Math.min(2, window.devicePixelRatio || 1) * this.sharpness;
    const width = Math.max(1, Math.round(this.canvas.clientWidth * ratio)), height = Math.max(1, Math.round(this.canvas.clientHeight * ratio));
    this.ratio = ratio;
    if (this.canvas.width === width && this.canvas.height === height) return;
    Object.assign(this.canvas, { width, height });
    this.idsAreStale = true;
  }

  /** Without a graphics processor the picture is coarser while it moves, and sharp again when it rests. */
  pace(time) {
    const isMoving = time - (this.lastMoved ?? -Infinity) < 120, gap = time - (this.lastDrawn ?? -Infinity);
    this.lastDrawn = time;
    if (isMoving && gap < 400) {
      this.gap = 0.7 * (this.gap ?? gap) + 0.3 * gap;
      if (this.gap > slowFrame) this.sharpness = 0.5;
      clearTimeout(this.rest);
      this.rest = setTimeout(() => { this.sharpness = 1; this.gap = undefined; this.redraw(); }, 160);
    }
  }

  draw(time) {
    const { gl } = this;
    this.pace(time);
    this.resize();
    if (this.turn) {
      const t = Math.min(1, (time - this.turn.begun) / turnTime);
      this.camera.pose = poseBetween(this.turn.from, this.turn.to, smooth(t));
      if (t === 1) this.turn = null;
      this.moved();
    }
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (!this.arrays) return;
    const matrices = this.camera.matrices(this.aspect);
    const wave = Math.min(1, (time - this.spread.begun) / spreadTime);
    this.tables.forEach((table, unit) => table.bind(unit));
    this.look.use({ ...matrices, ...this.style, paint: 0, paintBefore: 1, picture: 2, wave: wave === 1 ? 2 : wave, waveFrom: this.spread.from });
    this.triangles(() => this.materials.draw(this.surface.triangleCount));
    const isGrowing = this.drawMarks(matrices, time);
    this.onDraw?.();
    if (wave < 1 || isGrowing) this.redraw();
  }

  /** Draws all triangles with the program in use. */
  triangles(draw = () => this.gl.drawArrays(this.gl.TRIANGLES, 0, 3 * this.surface.triangleCount)) {
    const { gl } = this;
    gl.enable(gl.DEPTH_TEST);
    gl.bindVertexArray(this.arrays);
    draw();
    gl.bindVertexArray(null);
  }

  drawMarks(matrices, time) {
    const { gl } = this, radius = 20;
    let isGrowing = false;
    gl.bindVertexArray(this.nothing);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.depthMask(false);
    for (const { position, kind, colour, isFaint, begun } of this.marks) {
      const grown = Math.min(1, (time - begun) / growTime);
      isGrowing ||= grown < 1;
      const size = [2 * radius * this.ratio / this.canvas.width, 2 * radius * this.ratio / this.canvas.height];
      const values = { ...matrices, centre: position, size, radius, grown: smooth(grown), kind: ['ring', 'plus', 'minus'].indexOf(kind) };
      // once faint through the surface, once where it is seen
      for (const [test, alpha] of [[gl.GREATER, 0.3], [gl.LEQUAL, isFaint ? 0.55 : 1]]) {
        gl.depthFunc(test);
        this.mark.use({ ...values, colour: [...colour, alpha * smooth(grown)] });
        gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
      }
    }
    gl.depthFunc(gl.LESS);
    gl.depthMask(true);
    gl.disable(gl.BLEND);
    gl.bindVertexArray(null);
    return isGrowing;
  }

  /** A picture of the surface as it is seen, as a PNG blob, on the given background. */
  picture(background) {
    this.sharpness = 1;
    this.spread.begun = -Infinity;
    this.draw(performance.now());
    const copy = new OffscreenCanvas(this.canvas.width, this.canvas.height), context = copy.getContext('2d');
    context.fillStyle = background;
    context.fillRect(0, 0, copy.width, copy.height);
    context.drawImage(this.canvas, 0, 0);
    return copy.convertToBlob({ type: 'image/png' });
  }

  // Picking

  /** Draws the triangles' numbers if what is seen has changed. */
  drawNumbers() {
    if (!this.idsAreStale) return;
    const { width, height } = this.canvas;
    this.ids.begin(width, height);
    this.number.use(this.camera.matrices(this.aspect));
    this.triangles();
    this.ids.end();
    this.idsAreStale = false;
  }

  /** The numbers of triangles + 1 in a square about a place in CSS pixels; 0 where there is none. */
  numbersAbout(x, y, radius) {
    this.drawNumbers();
    const { width, height } = this.canvas, r = this.canvas.getBoundingClientRect();
    const [px, py] = [Math.floor(x * width / r.width), height - 1 - Math.floor(y * height / r.height)], reach = Math.round(radius * this.ratio);
    const left = Math.max(0, px - reach), low = Math.max(0, py - reach);
    const across = Math.min(width, px + reach + 1) - left, up = Math.min(height, py + reach + 1) - low;
    if (across <= 0 || up <= 0) return { numbers: new Uint32Array(0), across: 1, at: [0, 0], reach };
    return { numbers: this.ids.read(left, low, across, up), across, at: [px - left, py - low], reach };
  }

  /** What lies under a place in CSS pixels: { face, vertex, position }, or null. */
  pick(x, y) {
    if (!this.surface) return null;
    const triangle = (this.numbersAbout(x, y, 0).numbers[0] ?? 0) - 1;
    if (triangle < 0) return null;
    const { clientWidth, clientHeight } = this.canvas;
    const ray = this.camera.ray(2 * x / clientWidth - 1, 1 - 2 * y / clientHeight, this.aspect);
    return { face: this.surface.faceOfTriangle[triangle], ...this.surface.meet(triangle, ray) };
  }

  /** The faces that are seen within a circle in CSS pixels. */
  facesWithin(x, y, radius) {
    if (!this.surface) return [];
    const { numbers, across, at, reach } = this.numbersAbout(x, y, radius), faces = new Set();
    numbers.forEach((number, i) => {
      if (number && Math.hypot(i % across - at[0], Math.floor(i / across) - at[1]) <= reach) faces.add(this.surface.faceOfTriangle[number - 1]);
    });
    return [...faces];
  }

  /** Turns to the faces where little of them is seen; stays where they are in view. */
  turnToFaces(faces, anchor) {
    const lie = this.surface.lie(faces);
    if (!lie) return;
    const towards = anchor ? lie.centre.map((c, i) => c + anchor[i]) : lie.centre;
    const outward = lie.normal.map((n, i) => 0.6 * n + towards[i]);
    const candidates = [this.camera.pose, ...[outward, towards, lie.normal, scale(lie.normal, -1)].map(d => poseFacing(this.camera.pose, d))];
    const seen = candidates.map(pose => this.countSeen(pose, faces));
    const best = seen.indexOf(Math.max(...seen));
    if (seen[0] < 0.7 * seen[best]) this.moveTo(candidates[best]);
  }

  /** In how many pixels of a small picture from a pose some faces are seen. */
  countSeen(pose, faces) {
    const wanted = new Uint8Array(this.surface.faceCount), side = 96, camera = new Camera();
    for (const face of faces) wanted[face] = 1;
    camera.pose = pose;
    this.small ??= new Offscreen(this.gl);
    this.small.begin(side, side);
    this.number.use(camera.matrices(1));
    this.triangles();
    return this.small.read(0, 0, side, side).reduce((sum, number) => sum + (number ? wanted[this.surface.faceOfTriangle[number - 1]] : 0), 0);
  }
}
