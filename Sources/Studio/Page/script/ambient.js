import { Offscreen, Program } from './gl.js';
import { attributes, depthFragment, numberVertex } from './shaders.js';
import { cross, normalized, parallel, scale, viewMatrix } from './vectors.js';

const side = 192, directionCount = 40, bias = 0.03, patience = 60;

/** Directions spread evenly over the sphere. */
const directions = Array.from({ length: directionCount }, (_, i) => {
  const y = 1 - 2 * (i + 0.5) / directionCount, r = Math.sqrt(1 - y * y), turn = i * Math.PI * (3 - Math.sqrt(5));
  return [r * Math.cos(turn), y, r * Math.sin(turn)];
});

/**
 * How open each vertex lies to the light from all sides, 0 to 1: the share of directions of its half space from which it is seen.
 *
 * Depth pictures are drawn from 40 directions, one in an idle moment each, and each vertex is looked up in them. Given up where a
 * picture takes long, as without a graphics processor.
 */
export class AmbientLight {
  constructor(gl) {
    this.gl = gl;
    this.program = new Program(gl, numberVertex, depthFragment, attributes);
    this.target = new Offscreen(gl);
    this.round = 0;
  }

  /** Starts on a surface whose buffers are bound by `draw`; `done` is handed uint8 [V]. */
  start(surface, draw, done) {
    const round = ++this.round, count = surface.vertexCount;
    const sums = { front: new Float32Array(count), frontSeen: new Float32Array(count), back: new Float32Array(count), backSeen: new Float32Array(count) };
    const normals = vertexNormals(surface);
    let next = 0;
    const step = () => {
      if (round !== this.round) return;
      const begun = performance.now();
      this.look(surface, normals, directions[next++], draw, sums);
      if (performance.now() - begun > patience && next > 1) return;
      if (next < directionCount) idle(step); else done(smoothed(openness(sums), surface.triangles));
    };
    idle(step);
  }

  look(surface, normals, direction, draw, sums) {
    const z = direction, x = normalized(cross(Math.abs(z[1]) > 0.9 ? [1, 0, 0] : [0, 1, 0], z)), y = cross(z, x);
    this.target.begin(side, side);
    this.program.use({ view: viewMatrix(x, y, z, scale(z, 2)), projection: parallel(1.01, 0.5, 3.5) });
    draw();
    const depths = this.target.read(0, 0, side, side), { positions } = surface;
    for (let v = 0; v < surface.vertexCount; v++) {
      const i = 3 * v, px = positions[i], py = positions[i + 1], pz = positions[i + 2];
      const cosine = (normals[i] * z[0] + normals[i + 1] * z[1] + normals[i + 2] * z[2]) / 127;
      const column = Math.floor((0.5 + 0.5 * (px * x[0] + py * x[1] + pz * x[2]) / 1.01) * side);
      const row = Math.floor((0.5 + 0.5 * (px * y[0] + py * y[1] + pz * y[2]) / 1.01) * side);
      const depth = (2 - (px * z[0] + py * z[1] + pz * z[2]) - 0.5) / 3;
      const isSeen = depth - bias / 3 <= (depths[row * side + column] & 0xffffff) / 16777215;
      if (cosine > 0) {
        sums.front[v] += cosine;
        if (isSeen) sums.frontSeen[v] += cosine;
      } else {
        sums.back[v] -= cosine;
        if (isSeen) sums.backSeen[v] -= cosine;
      }
    }
  }
}

const idle = step => (window.requestIdleCallback ? window.requestIdleCallback(step, { timeout: 200 }) : setTimeout(step, 16));

function vertexNormals(surface) {
  const normals = new Int8Array(3 * surface.vertexCount);
  surface.triangles.forEach((v, corner) => normals.set(surface.normals.subarray(4 * corner, 4 * corner + 3), 3 * v));
  return normals;
}

/** The better of both sides: a file's triangles may be wound either way. */
function openness({ front, frontSeen, back, backSeen }) {
  return Uint8Array.from(front, (f, v) => 255 * Math.max(f > 0 ? frontSeen[v] / f : 0, back[v] > 0 ? backSeen[v] / back[v] : 0));
}

/** Twice the mean with the vertices about: the depth pictures are coarse. */
function smoothed(values, triangles) {
  let now = Float32Array.from(values);
  for (let pass = 0; pass < 2; pass++) {
    const sums = new Float32Array(values.length), counts = new Float32Array(values.length);
    for (let i = 0; i < triangles.length; i += 3) {
      const mean = (now[triangles[i]] + now[triangles[i + 1]] + now[triangles[i + 2]]) / 3;
      for (let k = 0; k < 3; k++) { sums[triangles[i + k]] += mean; counts[triangles[i + k]]++; }
    }
    now = sums.map((sum, v) => (counts[v] ? sum / counts[v] : now[v]));
  }
  return Uint8Array.from(now);
}
