// CEmbree has no code of its own; SwiftPM wants one source file per C target.
#include "CEmbree.h"
