import { add, cross, dot, mixed, normalized, perspective, scale, subtract, viewMatrix } from './vectors.js';

const steepest = Math.PI / 2 - 0.02;
const focal = 1 / Math.tan(Math.PI / 10);  // 36 degrees, a portrait lens: little distortion
const home = { yaw: 0.6, pitch: 0.3, distance: 3.4, target: [0, 0, 0], up: 0 };

// Where the turntable's right, up and towards lie in the mesh, for each direction that a file may have for up: Y, Z, X and their opposites.
const frames = [
  [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[1, 0, 0], [0, 0, 1], [0, -1, 0]], [[0, 0, 1], [1, 0, 0], [0, 1, 0]],
  [[1, 0, 0], [0, -1, 0], [0, 0, -1]], [[1, 0, 0], [0, 0, -1], [0, 1, 0]], [[0, -1, 0], [-1, 0, 0], [0, 0, -1]],
];

/** A turntable about a target: the surface is within the unit ball. */
export class Camera {
  constructor() { this.reset(); }

  reset() { Object.assign(this, home, { target: [...home.target] }); }

  get pose() { return { yaw: this.yaw, pitch: this.pitch, distance: this.distance, target: [...this.target], up: this.up }; }
  set pose(pose) { Object.assign(this, pose, { target: [...pose.target] }); }

  /** The axes of the eye: right, up, and from the target towards the eye. */
  get axes() {
    const [cy, sy, cp, sp] = [Math.cos(this.yaw), Math.sin(this.yaw), Math.cos(this.pitch), Math.sin(this.pitch)];
    const frame = frames[this.up], inMesh = v => add(add(scale(frame[0], v[0]), scale(frame[1], v[1])), scale(frame[2], v[2]));
    const z = inMesh([sy * cp, sp, cy * cp]), x = inMesh([cy, 0, -sy]);
    return { x, y: cross(z, x), z };
  }

  get eye() { return add(this.target, scale(this.axes.z, this.distance)); }

  /** The matrices for a picture of the given aspect. */
  matrices(aspect) {
    const { x, y, z } = this.axes;
    // a narrow picture sees as much as a square one
    const lens = focal * Math.min(1, aspect);
    const near = Math.max(0.01, this.distance - 2.5), far = this.distance + 3;
    return { view: viewMatrix(x, y, z, this.eye), projection: perspective(lens, aspect, near, far) };
  }

  /** The ray through a place of the picture, both in -1...1. */
  ray(u, v, aspect) {
    const { x, y, z } = this.axes, lens = focal * Math.min(1, aspect);
    return { origin: this.eye, direction: normalized(subtract(add(scale(x, u * aspect / lens), scale(y, v / lens)), z)) };
  }

  orbit(dx, dy) {
    this.yaw -= dx;
    this.pitch = Math.max(-steepest, Math.min(steepest, this.pitch + dy));
  }

  zoom(factor) { this.distance = Math.max(0.25, Math.min(12, this.distance * factor)); }

  /** Takes the next direction for up. */
  turnUp() { this.up = (this.up + 1) % frames.length; }

  /** Moves the target by fractions of the picture's height. */
  pan(dx, dy) {
    const { x, y } = this.axes, reach = 2 * this.distance / focal;
    this.target = add(this.target, add(scale(x, -dx * reach), scale(y, dy * reach)));
    const far = Math.sqrt(dot(this.target, this.target));
    if (far > 1.5) this.target = scale(this.target, 1.5 / far);
  }
}

/** The pose that looks along -direction, otherwise as `pose`. */
export function poseFacing(pose, direction) {
  const d = frames[pose.up].map(axis => dot(normalized(direction), axis));
  const pitch = Math.max(-1.2, Math.min(1.2, Math.asin(Math.max(-1, Math.min(1, d[1])))));
  const yaw = Math.hypot(d[0], d[2]) < 0.05 ? pose.yaw : Math.atan2(d[0], d[2]);
  return { ...pose, yaw, pitch };
}

/** A pose between two, the short way round. */
export function poseBetween(a, b, t) {
  const turn = ((b.yaw - a.yaw + Math.PI) % (2 * Math.PI) + 2 * Math.PI) % (2 * Math.PI) - Math.PI;
  return {
    yaw: a.yaw + turn * t, pitch: mixed(a.pitch, b.pitch, t), distance: mixed(a.distance, b.distance, t), up: b.up,
    target: a.target.map((c, i) => mixed(c, b.target[i], t)),
  };
}
