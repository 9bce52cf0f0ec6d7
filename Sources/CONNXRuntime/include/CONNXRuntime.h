// The entries of ONNX Runtime's function table that are used, by position; the library itself is opened at run time.
#ifndef C_ONNX_RUNTIME_H
#define C_ONNX_RUNTIME_H
#include <stddef.h>
#include <stdint.h>
#endif
