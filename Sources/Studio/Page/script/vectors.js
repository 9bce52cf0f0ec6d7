// Vectors of three numbers and the two matrices that the viewer needs, column by column as WebGL takes them.

export const add = (a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a, s) => [a[0] * s, a[1] * s, a[2] * s];
export const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
export const length = a => Math.hypot(a[0], a[1], a[2]);
export const normalized = a => { const l = length(a); return l > 0 ? scale(a, 1 / l) : [0, 0, 1]; };
export const mixed = (a, b, t) => a + (b - a) * t;

/** The view matrix of an eye with the axes x (right), y (up) and z (towards the eye). */
export const viewMatrix = (x, y, z, eye) => new Float32Array([
  x[0], y[0], z[0], 0, x[1], y[1], z[1], 0, x[2], y[2], z[2], 0, -dot(x, eye), -dot(y, eye), -dot(z, eye), 1,
]);

/** A perspective with `focal` = 1 / tan(half the vertical angle). */
export const perspective = (focal, aspect, near, far) => new Float32Array([
  focal / aspect, 0, 0, 0, 0, focal, 0, 0, 0, 0, (far + near) / (near - far), -1, 0, 0, 2 * far * near / (near - far), 0,
]);

/** A parallel projection of the cube of half side `reach` about the eye's target. */
export const parallel = (reach, near, far) => new Float32Array([
  1 / reach, 0, 0, 0, 0, 1 / reach, 0, 0, 0, 0, 2 / (near - far), 0, 0, 0, (far + near) / (near - far), 1,
]);
