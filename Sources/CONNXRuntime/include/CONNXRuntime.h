// The entries of ONNX Runtime's function table that are used, called by position; the library itself is opened at run time.
//
// The table is append-only, so a position stands for the same function in every later version. No entry here is younger than the API
// version that is asked for. Every function does one call and nothing else; signatures are those of the public C API.
#ifndef C_ONNX_RUNTIME_H
#define C_ONNX_RUNTIME_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The version of the table that is asked for: any library of ONNX Runtime 1.16 or later has it.
enum { CORT_API_VERSION = 16 };

// OrtLoggingLevel, GraphOptimizationLevel, OrtAllocatorType, OrtMemType
enum { CORT_LOG_FATAL = 4, CORT_OPTIMIZE_ALL = 99, CORT_ARENA_ALLOCATOR = 1, CORT_MEMORY_DEFAULT = 0 };

// ONNXTensorElementDataType
enum {
    CORT_FLOAT32 = 1,
    CORT_UINT8 = 2,
    CORT_INT32 = 6,
    CORT_INT64 = 7,
    CORT_BOOL = 9,
    CORT_FLOAT16 = 10,
};

typedef const void *const *CortApi;
typedef struct OrtAllocator OrtAllocator;
typedef struct OrtEnv OrtEnv;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtRunOptions OrtRunOptions;
typedef struct OrtSession OrtSession;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtStatus OrtStatus;
typedef struct OrtTensorTypeAndShapeInfo OrtTensorTypeAndShapeInfo;
typedef struct OrtTypeInfo OrtTypeInfo;
typedef struct OrtValue OrtValue;

// dlopen of the library: its handle, or NULL with the loader's words in `*reason` (valid until the thread's next loader call).
void *cort_open(const char *path, const char **reason);
// The function table of an opened library, and its version as text; NULL if it is not ONNX Runtime or too old.
CortApi cort_api(void *library);
const char *cort_version(void *library);

// Failures: NULL is success.
const char *cort_message(CortApi api, const OrtStatus *status);
void cort_release_status(CortApi api, OrtStatus *status);

// The environment, options and sessions.
OrtStatus *cort_create_env(CortApi api, int level, const char *identifier, OrtEnv **env);
void cort_release_env(CortApi api, OrtEnv *env);
OrtStatus *cort_create_options(CortApi api, OrtSessionOptions **options);
void cort_release_options(CortApi api, OrtSessionOptions *options);
OrtStatus *cort_set_optimization(CortApi api, OrtSessionOptions *options, int level);
OrtStatus *cort_set_threads(CortApi api, OrtSessionOptions *options, int threads);
OrtStatus *cort_set_log_level(CortApi api, OrtSessionOptions *options, int level);
OrtStatus *cort_set_option(CortApi api, OrtSessionOptions *options, const char *key, const char *value);
OrtStatus *cort_create_session(CortApi api, const OrtEnv *env, const char *path, const OrtSessionOptions *options, OrtSession **session);
OrtStatus *cort_create_session_from_bytes(
    CortApi api, const OrtEnv *env, const void *bytes, size_t count, const OrtSessionOptions *options, OrtSession **session);
void cort_release_session(CortApi api, OrtSession *session);

// What a session takes and gives. A name belongs to the caller, who frees it with `cort_free`.
OrtStatus *cort_default_allocator(CortApi api, OrtAllocator **allocator);
OrtStatus *cort_free(CortApi api, OrtAllocator *allocator, void *memory);
OrtStatus *cort_input_count(CortApi api, const OrtSession *session, size_t *count);
OrtStatus *cort_output_count(CortApi api, const OrtSession *session, size_t *count);
OrtStatus *cort_input_name(CortApi api, const OrtSession *session, size_t index, OrtAllocator *allocator, char **name);
OrtStatus *cort_output_name(CortApi api, const OrtSession *session, size_t index, OrtAllocator *allocator, char **name);
OrtStatus *cort_input_type(CortApi api, const OrtSession *session, size_t index, OrtTypeInfo **info);
OrtStatus *cort_output_type(CortApi api, const OrtSession *session, size_t index, OrtTypeInfo **info);
void cort_release_type(CortApi api, OrtTypeInfo *info);
// The part of `info` that describes a tensor, or NULL in `*tensor` if it describes something else; it lives as long as `info`.
OrtStatus *cort_tensor_info(CortApi api, const OrtTypeInfo *info, const OrtTensorTypeAndShapeInfo **tensor);

// Element type and shape; an unknown dimension is -1.
OrtStatus *cort_element_type(CortApi api, const OrtTensorTypeAndShapeInfo *info, int *type);
OrtStatus *cort_rank(CortApi api, const OrtTensorTypeAndShapeInfo *info, size_t *rank);
OrtStatus *cort_dimensions(CortApi api, const OrtTensorTypeAndShapeInfo *info, int64_t *dimensions, size_t rank);
void cort_release_tensor_info(CortApi api, OrtTensorTypeAndShapeInfo *info);

// Tensors and running. A tensor over bytes borrows them until it is released.
OrtStatus *cort_create_memory_info(CortApi api, int allocator, int memory, OrtMemoryInfo **info);
void cort_release_memory_info(CortApi api, OrtMemoryInfo *info);
OrtStatus *cort_create_tensor(
    CortApi api, const OrtMemoryInfo *info, void *bytes, size_t count, const int64_t *shape, size_t rank, int type, OrtValue **value);
OrtStatus *cort_tensor_bytes(CortApi api, OrtValue *value, void **bytes);
OrtStatus *cort_value_info(CortApi api, const OrtValue *value, OrtTensorTypeAndShapeInfo **info);
void cort_release_value(CortApi api, OrtValue *value);
// A run that another thread may ask to end; NULL options stand for none.
OrtStatus *cort_create_run_options(CortApi api, OrtRunOptions **options);
OrtStatus *cort_end_run(CortApi api, OrtRunOptions *options);
void cort_release_run_options(CortApi api, OrtRunOptions *options);
OrtStatus *cort_run(
    CortApi api, OrtSession *session, const OrtRunOptions *options, const char *const *input_names, const OrtValue *const *inputs, size_t input_count,
    const char *const *output_names, size_t output_count, OrtValue **outputs);

#ifdef __cplusplus
}
#endif
#endif
