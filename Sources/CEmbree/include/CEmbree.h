// Embree 3 ray casting. Its inline functions are wrapped, since Swift imports only symbols.
#ifndef C_EMBREE_H
#define C_EMBREE_H
#include <embree3/rtcore.h>

/// An intersection context with every field at Embree's default.
static inline struct RTCIntersectContext bsb_embree_default_context(void) {
    struct RTCIntersectContext context;
    rtcInitIntersectContext(&context);
    return context;
}
#endif
