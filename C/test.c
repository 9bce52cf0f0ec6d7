/* What can go wrong from C is a code with a sentence, and no crash: test MODELS PHOTO X Y MESH */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bsb.h"

int main(int argc, char **argv) {
    assert(argc == 6);
    bsb_bench *bench = NULL;
    bsb_photo *photo = NULL;
    bsb_mesh *mesh = NULL;
    bsb_answer *answer = NULL;
    assert(strcmp(bsb_message(), "") == 0);

    assert(bsb_open("/nowhere", NULL, NULL, 0, &bench) == BSB_MISSING_MODEL && !bench);
    assert(strstr(bsb_message(), "/nowhere"));
    assert(bsb_open(argv[1], "/nowhere.so", NULL, 0, &bench) == BSB_MISSING_MODEL && !bench);
    assert(bsb_open(argv[1], NULL, NULL, 1, NULL) == BSB_USAGE);
    assert(bsb_open(argv[1], NULL, NULL, 0, &bench) == BSB_OK && bench);

    assert(bsb_open_photo("/nowhere.png", &photo) == BSB_MISSING_INPUT);
    assert(bsb_open_photo(argv[5], &photo) == BSB_BAD_INPUT);
    assert(bsb_open_photo(NULL, &photo) == BSB_USAGE);
    assert(bsb_open_photo(argv[2], &photo) == BSB_OK);
    assert(bsb_open_mesh(bench, argv[2], &mesh) == BSB_BAD_INPUT);
    assert(bsb_open_mesh((bsb_bench *)photo, argv[5], &mesh) == BSB_USAGE); /* a handle of another kind */
    assert(bsb_open_mesh(bench, argv[5], &mesh) == BSB_OK);

    double x = atof(argv[3]), y = atof(argv[4]);
    assert(bsb_click(bench, photo, mesh, 1e6, 0, &answer) == BSB_BAD_INPUT);
    assert(strstr(bsb_message(), "outside the photo"));
    assert(bsb_click(bench, NULL, mesh, x, y, &answer) == BSB_USAGE);
    assert(bsb_click(bench, photo, mesh, 0.0 / 0.0, y, &answer) == BSB_USAGE);
    assert(bsb_click(bench, photo, mesh, x, y, &answer) == BSB_OK);
    assert(bsb_found(answer) && bsb_vertex(answer) >= 0);
    assert((size_t)bsb_vertex(answer) < bsb_vertex_count(mesh));
    const float *probability = bsb_probability(answer);
    assert(probability && probability[bsb_vertex(answer)] >= 0.5f);
    assert(strstr(bsb_json(answer), "\"found\""));

    /* The same mesh, handed over, and the same photo; what was opened may go before what was made with it. */
    bsb_answer *again = NULL;
    bsb_mesh *handed = NULL;
    const float corners[] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    const uint32_t faces[] = {0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3}, wrong[] = {0, 1, 4};
    assert(bsb_open_triangles(bench, corners, 4, wrong, 1, &handed) == BSB_BAD_INPUT && !handed);
    assert(bsb_open_triangles(bench, corners, 4, faces, 4, &handed) == BSB_OK);
    assert(bsb_vertex_count(handed) == 4 && bsb_face_count(handed) == 4);
    for (int i = 0; i < 20; i++) {
        assert(bsb_click(bench, photo, mesh, x, y, &again) == BSB_OK);
        assert(bsb_vertex(again) == bsb_vertex(answer));
        bsb_free(again);
    }
    bsb_free(mesh);
    bsb_free(photo);
    bsb_free(handed);
    bsb_free(bench);
    assert(strstr(bsb_json(answer), "\"found\""));
    bsb_free(answer);
    bsb_free(NULL);
    assert(bsb_vertex(NULL) == -1 && !bsb_found(NULL) && !bsb_probability(NULL) && bsb_vertex_count(NULL) == 0);
    puts("the C interface is as it should be");
    return 0;
}
