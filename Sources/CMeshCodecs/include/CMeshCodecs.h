// Decoders of compressed glTF meshes: Draco (libdraco, C++ behind these functions) and meshoptimizer, as it is.
#ifndef C_MESH_CODECS_H
#define C_MESH_CODECS_H
#include <meshoptimizer.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A decoded Draco mesh.
typedef struct CDracoMesh CDracoMesh;

/// Decodes a Draco mesh; null where the bytes hold none, with a sentence of libdraco's in `reason`.
CDracoMesh *_Nullable draco_mesh_decode(const void *_Nonnull bytes, size_t count, char *_Nonnull reason, size_t reason_size);
void draco_mesh_free(CDracoMesh *_Nullable mesh);

size_t draco_mesh_point_count(const CDracoMesh *_Nonnull mesh);
size_t draco_mesh_face_count(const CDracoMesh *_Nonnull mesh);
/// Fills three point indices for each face.
void draco_mesh_faces(const CDracoMesh *_Nonnull mesh, uint32_t *_Nonnull indices);

/// The number of components of the attribute with a unique id; 0 where there is none.
int draco_mesh_components(const CDracoMesh *_Nonnull mesh, uint32_t id);
/// Fills `components` numbers for each point, normalised integers as 0...1 or -1...1; 0 where it cannot.
int draco_mesh_values(const CDracoMesh *_Nonnull mesh, uint32_t id, int components, float *_Nonnull values);

#ifdef __cplusplus
}
#endif
#endif
