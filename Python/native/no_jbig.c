// What libtiff calls of JBIG-KIT, refusing. Debian's libtiff is linked with JBIG-KIT, which is under the GPL and stays out of the wheel: a TIFF
// file compressed with JBIG (bilevel faxes; no photos) is then refused as one that cannot be decoded.
//
// The functions' names and arguments are JBIG-KIT's interface; libtiff hands over structs that it has zeroed or that `init` would fill, and
// reads nothing from them after a refusal.
#include <stddef.h>

enum { refused = 1 };  // any code but 0 (JBG_EOK) and JBG_EOK_INTR is an error to libtiff

void jbg_dec_init(void *state) {}
int jbg_dec_in(void *state, unsigned char *data, size_t count, size_t *used) { return refused; }
unsigned char *jbg_dec_getimage(const void *state, int plane) { return NULL; }
long jbg_dec_getsize(const void *state) { return 0; }
void jbg_dec_free(void *state) {}
const char *jbg_strerror(int code) { return "JBIG is not part of this build"; }
int jbg_newlen(unsigned char *data, size_t count) { return refused; }
void jbg_enc_init(void *state, unsigned long width, unsigned long height, int planes, unsigned char **bitmaps,
                  void (*write)(unsigned char *, size_t, void *), void *file) {}
void jbg_enc_out(void *state) {}
void jbg_enc_free(void *state) {}
