/* SegmentationBuddies from C: click a spot in a photo, get the part of a mesh that means the same thing.
 *
 * Every function that can fail returns a bsb_code; bsb_message() then has the sentence of the calling thread's last failure. Handles are opened by
 * the library and freed with bsb_free, in any order and from any thread; photos, meshes and answers may be used from several threads at once.
 * Arrays belong to the answer that they were asked of. Strings are UTF-8. docs/c.md has an example. */
#ifndef BSB_H
#define BSB_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    BSB_OK = 0,
    BSB_USAGE = 64,         /* an argument that contradicts itself, or is out of range */
    BSB_BAD_INPUT = 65,     /* a photo, a mesh or a click that cannot be used */
    BSB_MISSING_INPUT = 66, /* a file that is not there */
    BSB_MISSING_MODEL = 69, /* a model, or ONNX Runtime, that is not there */
    BSB_INTERNAL = 70
} bsb_code;

typedef struct bsb_bench bsb_bench;   /* models, memory and cache; one is enough for a process */
typedef struct bsb_photo bsb_photo;
typedef struct bsb_mesh bsb_mesh;
typedef struct bsb_answer bsb_answer;

/* The sentence of this thread's last failure, until its next one; "" before any. */
const char *bsb_message(void);

/* Loads the models of a folder (that of models.json), with ONNX Runtime from a library's path. NULL for `runtime` looks where bsb does; NULL for
 * `cache` keeps nothing on disk; threads <= 0 uses all cores. */
bsb_code bsb_open(const char *models, const char *runtime, const char *cache, int32_t threads, bsb_bench **bench);

/* Opens a photo: PNG, JPEG, WebP, HEIC, AVIF, TIFF, BMP or GIF. */
bsb_code bsb_open_photo(const char *path, bsb_photo **photo);

/* Opens a picture of height x width x 3 bytes. */
bsb_code bsb_open_pixels(const uint8_t *rgb, size_t width, size_t height, bsb_photo **photo);

/* Opens a mesh: OBJ, OFF, PLY, STL, GLB or glTF. */
bsb_code bsb_open_mesh(bsb_bench *bench, const char *path, bsb_mesh **mesh);

/* Opens a mesh of `vertex_count` x 3 coordinates and `face_count` x 3 vertex indices. */
bsb_code bsb_open_triangles(
    bsb_bench *bench, const float *vertices, size_t vertex_count, const uint32_t *triangles, size_t face_count, bsb_mesh **mesh);

size_t bsb_vertex_count(const bsb_mesh *mesh);
size_t bsb_face_count(const bsb_mesh *mesh); /* a polygon of the file counts once */

/* Answers a click at pixel (x, y) from the photo's upper left. That the mesh has no such part is an answer, not a failure. */
bsb_code bsb_click(bsb_bench *bench, const bsb_photo *photo, const bsb_mesh *mesh, double x, double y, bsb_answer **answer);

int32_t bsb_found(const bsb_answer *answer);  /* 1 or 0 */
int64_t bsb_vertex(const bsb_answer *answer); /* the best segmentation buddy, -1 for none */

/* For each vertex how likely it is of the part, and for each face of the file whether it is (1 or 0); NULL without a part. */
const float *bsb_probability(const bsb_answer *answer);
const uint8_t *bsb_face_labels(const bsb_answer *answer);

/* What `bsb match --json` prints. */
const char *bsb_json(const bsb_answer *answer);

/* Frees a handle of any kind; NULL is nothing. */
void bsb_free(void *handle);

#ifdef __cplusplus
}
#endif
#endif
