/* The example of docs/c.md: example MODELS PHOTO X Y MESH */
#include <stdio.h>
#include <stdlib.h>

#include "bsb.h"

static void check(bsb_code code) {
    if (code != BSB_OK) {
        fprintf(stderr, "%s\n", bsb_message());
        exit(code);
    }
}

int main(int argc, char **argv) {
    if (argc != 6) return BSB_USAGE;
    bsb_bench *bench = NULL;
    bsb_photo *photo = NULL;
    bsb_mesh *mesh = NULL;
    bsb_answer *answer = NULL;
    check(bsb_open(argv[1], NULL, NULL, 0, &bench));
    check(bsb_open_photo(argv[2], &photo));
    check(bsb_open_mesh(bench, argv[5], &mesh));
    check(bsb_click(bench, photo, mesh, atof(argv[3]), atof(argv[4]), &answer));
    size_t faces = 0;
    const uint8_t *labels = bsb_face_labels(answer);
    for (size_t face = 0; labels && face < bsb_face_count(mesh); face++) faces += labels[face];
    printf("vertex %lld, %zu of %zu faces\n", (long long)bsb_vertex(answer), faces, bsb_face_count(mesh));
    bsb_free(mesh);
    bsb_free(photo);
    bsb_free(bench);
    bsb_free(answer);
    return 0;
}
