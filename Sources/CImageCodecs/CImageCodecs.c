#include "CImageCodecs.h"

#include <dlfcn.h>

int bsb_heif_open(const char *name, struct bsb_heif *functions) {
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!library) return 0;
#define FIND(function) \
  if (!(functions->function = (__typeof__(functions->function))dlsym(library, "heif_" #function))) return 0
  FIND(context_alloc);
  FIND(context_free);
  FIND(context_read_from_memory_without_copy);
  FIND(context_get_primary_image_handle);
  FIND(image_handle_release);
  FIND(image_handle_get_width);
  FIND(image_handle_get_height);
  FIND(image_handle_has_alpha_channel);
  FIND(decode_image);
  FIND(image_release);
  FIND(image_get_width);
  FIND(image_get_height);
  FIND(image_get_plane_readonly);
#undef FIND
  return 1;
}

int bsb_tiff_open(const char *name, struct bsb_tiff *functions) {
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!library) return 0;
#define FIND(function) \
  if (!(functions->function = (__typeof__(functions->function))dlsym(library, "TIFF" #function))) return 0
  FIND(ClientOpen);
  FIND(Close);
  FIND(IsTiled);
  FIND(RGBAImageOK);
  FIND(ReadRGBAImageOriented);
  FIND(ReadScanline);
  FIND(ScanlineSize);
  FIND(SetErrorHandler);
  FIND(SetWarningHandler);
  FIND(VGetField);
  FIND(VGetFieldDefaulted);
#undef FIND
  return 1;
}
