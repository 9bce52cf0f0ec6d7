// PNG (libspng), JPEG (libjpeg-turbo's TurboJPEG) and WebP decoders and encoders, as they are.
#ifndef C_IMAGE_CODECS_H
#define C_IMAGE_CODECS_H
#include <spng.h>
#include <turbojpeg.h>
#include <webp/decode.h>
#endif
