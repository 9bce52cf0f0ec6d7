// Makes halves.heic and halves.avif: 64 x 48 pixels, the left half blue, the right half red.
// gcc make_heif.c -lheif -o make_heif && ./make_heif
#include <libheif/heif.h>

static void write_as(enum heif_compression_format format, const char *name) {
    struct heif_context *context = heif_context_alloc();
    struct heif_encoder *encoder;
    struct heif_image *image;
    int stride;
    heif_context_get_encoder_for_format(context, format, &encoder);
    heif_image_create(64, 48, heif_colorspace_RGB, heif_chroma_interleaved_RGB, &image);
    heif_image_add_plane(image, heif_channel_interleaved, 64, 48, 24);
    uint8_t *plane = heif_image_get_plane(image, heif_channel_interleaved, &stride);
    for (int y = 0; y < 48; y++)
        for (int x = 0; x < 64; x++)
            for (int c = 0; c < 3; c++) plane[y * stride + 3 * x + c] = (x < 32 ? (int[]){20, 90, 220} : (int[]){200, 60, 30})[c];
    heif_context_encode_image(context, image, encoder, 0, 0);
    heif_context_write_to_file(context, name);
    heif_image_release(image);
    heif_encoder_release(encoder);
    heif_context_free(context);
}

int main(void) {
    write_as(heif_compression_HEVC, "halves.heic");
    write_as(heif_compression_AV1, "halves.avif");
}
