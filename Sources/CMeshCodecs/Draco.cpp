// libdraco's C++ interface as C functions; no exception leaves them.
#include "CMeshCodecs.h"

#include <cstdio>
#include <exception>
#include <memory>

#include "draco/compression/decode.h"

struct CDracoMesh {
    std::unique_ptr<draco::Mesh> mesh;
};

CDracoMesh *draco_mesh_decode(const void *bytes, size_t count, char *reason, size_t reason_size) {
    try {
        draco::DecoderBuffer buffer;
        buffer.Init(static_cast<const char *>(bytes), count);
        draco::Decoder decoder;
        auto decoded = decoder.DecodeMeshFromBuffer(&buffer);
        if (decoded.ok()) return new CDracoMesh{std::move(decoded).value()};
        std::snprintf(reason, reason_size, "%s", decoded.status().error_msg());
    } catch (const std::exception &error) {
        std::snprintf(reason, reason_size, "%s", error.what());
    }
    return nullptr;
}

void draco_mesh_free(CDracoMesh *mesh) { delete mesh; }

size_t draco_mesh_point_count(const CDracoMesh *mesh) { return mesh->mesh->num_points(); }

size_t draco_mesh_face_count(const CDracoMesh *mesh) { return mesh->mesh->num_faces(); }

void draco_mesh_faces(const CDracoMesh *mesh, uint32_t *indices) {
    for (draco::FaceIndex face(0); face < mesh->mesh->num_faces(); ++face) {
        for (const auto &point : mesh->mesh->face(face)) *indices++ = point.value();
    }
}

int draco_mesh_components(const CDracoMesh *mesh, uint32_t id) {
    const auto *attribute = mesh->mesh->GetAttributeByUniqueId(id);
    return attribute ? attribute->num_components() : 0;
}

int draco_mesh_values(const CDracoMesh *mesh, uint32_t id, int components, float *values) {
    const auto *attribute = mesh->mesh->GetAttributeByUniqueId(id);
    if (!attribute || attribute->num_components() != components) return 0;
    for (draco::PointIndex point(0); point < mesh->mesh->num_points(); ++point, values += components) {
        const auto index = attribute->mapped_index(point);
        if (index.value() >= attribute->size() || !attribute->ConvertValue<float>(index, components, values)) return 0;
    }
    return 1;
}
