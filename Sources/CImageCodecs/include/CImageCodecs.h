// PNG (libspng), JPEG (libjpeg-turbo's TurboJPEG), WebP, HEIC and AVIF (libheif), TIFF and GIF decoders and encoders, as they are.
#ifndef C_IMAGE_CODECS_H
#define C_IMAGE_CODECS_H
#include <gif_lib.h>
#include <libheif/heif.h>
#include <spng.h>
#include <tiffio.h>
#include <turbojpeg.h>
#include <webp/decode.h>
#include <webp/demux.h>
#endif
