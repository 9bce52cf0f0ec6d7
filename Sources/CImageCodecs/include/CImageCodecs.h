// PNG (libspng), JPEG (libjpeg-turbo's TurboJPEG), WebP and GIF decoders and encoders, as they are; and doors to libheif, for HEIC and AVIF, and
// libtiff, which are not linked: Debian's are linked with code under the GPL, an encoder (x265) and JBIG-KIT.
#ifndef C_IMAGE_CODECS_H
#define C_IMAGE_CODECS_H
#include <gif_lib.h>
#include <libheif/heif.h>
#include <spng.h>
#include <tiffio.h>
#include <turbojpeg.h>
#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

/// The functions of libheif that are used.
struct bsb_heif {
  __typeof__(&heif_context_alloc) context_alloc;
  __typeof__(&heif_context_free) context_free;
  __typeof__(&heif_context_read_from_memory_without_copy) context_read_from_memory_without_copy;
  __typeof__(&heif_context_get_primary_image_handle) context_get_primary_image_handle;
  __typeof__(&heif_image_handle_release) image_handle_release;
  __typeof__(&heif_image_handle_get_width) image_handle_get_width;
  __typeof__(&heif_image_handle_get_height) image_handle_get_height;
  __typeof__(&heif_image_handle_has_alpha_channel) image_handle_has_alpha_channel;
  __typeof__(&heif_decode_image) decode_image;
  __typeof__(&heif_image_release) image_release;
  __typeof__(&heif_image_get_width) image_get_width;
  __typeof__(&heif_image_get_height) image_get_height;
  __typeof__(&heif_image_get_plane_readonly) image_get_plane_readonly;
};

/// Opens the library of that name and finds its functions; 0 if it is not there or lacks one.
int bsb_heif_open(const char *name, struct bsb_heif *functions);

/// The functions of libtiff that are used.
struct bsb_tiff {
  __typeof__(&TIFFClientOpen) ClientOpen;
  __typeof__(&TIFFClose) Close;
  __typeof__(&TIFFIsTiled) IsTiled;
  __typeof__(&TIFFRGBAImageOK) RGBAImageOK;
  __typeof__(&TIFFReadRGBAImageOriented) ReadRGBAImageOriented;
  __typeof__(&TIFFReadScanline) ReadScanline;
  __typeof__(&TIFFScanlineSize) ScanlineSize;
  __typeof__(&TIFFSetErrorHandler) SetErrorHandler;
  __typeof__(&TIFFSetWarningHandler) SetWarningHandler;
  __typeof__(&TIFFVGetField) VGetField;
  __typeof__(&TIFFVGetFieldDefaulted) VGetFieldDefaulted;
};

/// Opens the library of that name and finds its functions; 0 if it is not there or lacks one.
int bsb_tiff_open(const char *name, struct bsb_tiff *functions);
#endif
