// Makes draco-box.gltf and meshopt-box.gltf: a box of 1 x 2 x 3 with places in a picture, packed in each of the two ways.
// g++ -std=c++17 make_packed.cpp -ldraco -lmeshoptimizer -o make_packed && ./make_packed
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include <draco/compression/encode.h>
#include <draco/mesh/triangle_soup_mesh_builder.h>
#include <meshoptimizer.h>

static std::string base64(const std::vector<unsigned char> &bytes) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (size_t i = 0; i < bytes.size(); i += 3) {
        unsigned value = bytes[i] << 16 | (i + 1 < bytes.size() ? bytes[i + 1] << 8 : 0) | (i + 2 < bytes.size() ? bytes[i + 2] : 0);
        for (int digit = 0; digit < 4; digit++)
            text += size_t(digit) > bytes.size() - i ? '=' : digits[value >> (18 - 6 * digit) & 63];
    }
    return text;
}

static const unsigned faces[36] = {0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4, 2, 6, 3, 3, 6, 7, 0, 4, 2, 2, 4, 6, 1, 3, 5, 3, 7, 5};

static void position(unsigned index, float *p) {
    p[0] = index & 1 ? 1 : 0;
    p[1] = index & 2 ? 2 : 0;
    p[2] = index & 4 ? 3 : 0;
}

static void draco_box() {
    draco::TriangleSoupMeshBuilder builder;
    builder.Start(12);
    const int points = builder.AddAttribute(draco::GeometryAttribute::POSITION, 3, draco::DT_FLOAT32);
    const int places = builder.AddAttribute(draco::GeometryAttribute::TEX_COORD, 2, draco::DT_FLOAT32);
    for (int face = 0; face < 12; face++) {
        float p[3][3], t[3][2];
        for (int corner = 0; corner < 3; corner++) {
            position(faces[3 * face + corner], p[corner]);
            t[corner][0] = p[corner][0];
            t[corner][1] = p[corner][1] / 2;
        }
        builder.SetAttributeValuesForFace(points, draco::FaceIndex(face), p[0], p[1], p[2]);
        builder.SetAttributeValuesForFace(places, draco::FaceIndex(face), t[0], t[1], t[2]);
    }
    auto mesh = builder.Finalize();
    draco::Encoder encoder;
    encoder.SetAttributeQuantization(draco::GeometryAttribute::POSITION, 14);
    draco::EncoderBuffer buffer;
    if (!encoder.EncodeMeshToBuffer(*mesh, &buffer).ok()) return;
    std::vector<unsigned char> bytes(buffer.data(), buffer.data() + buffer.size());
    std::ofstream("draco-box.gltf")
        << R"({"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0,"name":"box"}],)"
        << R"("extensionsUsed":["KHR_draco_mesh_compression"],"extensionsRequired":["KHR_draco_mesh_compression"],)"
        << R"("meshes":[{"primitives":[{"attributes":{"POSITION":1,"TEXCOORD_0":2},"indices":0,"extensions":{"KHR_draco_mesh_compression":)"
        << R"({"bufferView":0,"attributes":{"POSITION":)" << mesh->attribute(points)->unique_id() << R"(,"TEXCOORD_0":)"
        << mesh->attribute(places)->unique_id() << R"(}}}}]}],)"
        << R"("accessors":[{"componentType":5125,"count":36,"type":"SCALAR"},{"componentType":5126,"count":)" << mesh->num_points()
        << R"(,"type":"VEC3","min":[0,0,0],"max":[1,2,3]},{"componentType":5126,"count":)" << mesh->num_points()
        << R"(,"type":"VEC2"}],"bufferViews":[{"buffer":0,"byteLength":)" << bytes.size() << R"(}],"buffers":[{"byteLength":)"
        << bytes.size() << R"(,"uri":"data:application/octet-stream;base64,)" << base64(bytes) << "\"}]}\n";
}

static void meshopt_box() {
    float points[8][4] = {};
    for (unsigned index = 0; index < 8; index++) position(index, points[index]);
    std::vector<unsigned char> vertices(meshopt_encodeVertexBufferBound(8, 16));
    vertices.resize(meshopt_encodeVertexBuffer(vertices.data(), vertices.size(), points, 8, 16));
    std::vector<unsigned char> indices(meshopt_encodeIndexBufferBound(36, 8));
    indices.resize(meshopt_encodeIndexBuffer(indices.data(), indices.size(), faces, 36));
    std::vector<unsigned char> bytes = vertices;
    while (bytes.size() % 4) bytes.push_back(0);
    const size_t start = bytes.size();
    bytes.insert(bytes.end(), indices.begin(), indices.end());
    std::ofstream("meshopt-box.gltf")
        << R"({"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0,"name":"box"}],)"
        << R"("extensionsUsed":["EXT_meshopt_compression"],"extensionsRequired":["EXT_meshopt_compression"],)"
        << R"("meshes":[{"primitives":[{"attributes":{"POSITION":0},"indices":1}]}],)"
        << R"("accessors":[{"bufferView":0,"componentType":5126,"count":8,"type":"VEC3","min":[0,0,0],"max":[1,2,3]},)"
        << R"({"bufferView":1,"componentType":5125,"count":36,"type":"SCALAR"}],)"
        << R"("bufferViews":[{"buffer":1,"byteLength":128,"byteStride":16,"extensions":{"EXT_meshopt_compression":{"buffer":0,"byteLength":)"
        << vertices.size() << R"(,"byteStride":16,"count":8,"mode":"ATTRIBUTES"}}},)"
        << R"({"buffer":1,"byteOffset":128,"byteLength":144,"extensions":{"EXT_meshopt_compression":{"buffer":0,"byteOffset":)" << start
        << R"(,"byteLength":)" << indices.size() << R"(,"byteStride":4,"count":36,"mode":"TRIANGLES"}}}],)"
        << R"("buffers":[{"byteLength":)" << bytes.size() << R"(,"uri":"data:application/octet-stream;base64,)" << base64(bytes)
        << R"("},{"byteLength":272,"extensions":{"EXT_meshopt_compression":{"fallback":true}}}]})" << "\n";
}

int main() {
    draco_box();
    meshopt_box();
}
