#include "CONNXRuntime.h"

#include <dlfcn.h>

// The table's entry at a position, as a function of the given type.
#define ENTRY(position, result, ...) ((result(*)(__VA_ARGS__))api[position])

typedef struct {
    const void *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
} ApiBase;

static const ApiBase *api_base(void *library) {
    const ApiBase *(*get)(void) = (const ApiBase *(*)(void))dlsym(library, "OrtGetApiBase");
    return get ? get() : NULL;
}

void *cort_open(const char *path, const char **reason) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    *reason = library ? NULL : dlerror();
    return library;
}

CortApi cort_api(void *library) {
    const ApiBase *base = api_base(library);
    return base ? (CortApi)base->get_api(CORT_API_VERSION) : NULL;
}

const char *cort_version(void *library) {
    const ApiBase *base = api_base(library);
    return base ? base->get_version() : NULL;
}

const char *cort_message(CortApi api, const OrtStatus *status) {
    return ENTRY(2, const char *, const OrtStatus *)(status);
}

void cort_release_status(CortApi api, OrtStatus *status) {
    ENTRY(93, void, OrtStatus *)(status);
}

OrtStatus *cort_create_env(CortApi api, int level, const char *identifier, OrtEnv **env) {
    return ENTRY(3, OrtStatus *, int, const char *, OrtEnv **)(level, identifier, env);
}

void cort_release_env(CortApi api, OrtEnv *env) {
    ENTRY(92, void, OrtEnv *)(env);
}

OrtStatus *cort_create_options(CortApi api, OrtSessionOptions **options) {
    return ENTRY(10, OrtStatus *, OrtSessionOptions **)(options);
}

void cort_release_options(CortApi api, OrtSessionOptions *options) {
    ENTRY(100, void, OrtSessionOptions *)(options);
}

OrtStatus *cort_set_optimization(CortApi api, OrtSessionOptions *options, int level) {
    return ENTRY(23, OrtStatus *, OrtSessionOptions *, int)(options, level);
}

OrtStatus *cort_set_threads(CortApi api, OrtSessionOptions *options, int threads) {
    return ENTRY(24, OrtStatus *, OrtSessionOptions *, int)(options, threads);
}

OrtStatus *cort_set_log_level(CortApi api, OrtSessionOptions *options, int level) {
    return ENTRY(22, OrtStatus *, OrtSessionOptions *, int)(options, level);
}

OrtStatus *cort_set_option(CortApi api, OrtSessionOptions *options, const char *key, const char *value) {
    return ENTRY(130, OrtStatus *, OrtSessionOptions *, const char *, const char *)(options, key, value);
}

OrtStatus *cort_create_session(CortApi api, const OrtEnv *env, const char *path, const OrtSessionOptions *options, OrtSession **session) {
    return ENTRY(7, OrtStatus *, const OrtEnv *, const char *, const OrtSessionOptions *, OrtSession **)(env, path, options, session);
}

OrtStatus *cort_create_session_from_bytes(
    CortApi api, const OrtEnv *env, const void *bytes, size_t count, const OrtSessionOptions *options, OrtSession **session) {
    return ENTRY(8, OrtStatus *, const OrtEnv *, const void *, size_t, const OrtSessionOptions *, OrtSession **)(
        env, bytes, count, options, session);
}

void cort_release_session(CortApi api, OrtSession *session) {
    ENTRY(95, void, OrtSession *)(session);
}

OrtStatus *cort_default_allocator(CortApi api, OrtAllocator **allocator) {
    return ENTRY(78, OrtStatus *, OrtAllocator **)(allocator);
}

OrtStatus *cort_free(CortApi api, OrtAllocator *allocator, void *memory) {
    return ENTRY(76, OrtStatus *, OrtAllocator *, void *)(allocator, memory);
}

OrtStatus *cort_input_count(CortApi api, const OrtSession *session, size_t *count) {
    return ENTRY(30, OrtStatus *, const OrtSession *, size_t *)(session, count);
}

OrtStatus *cort_output_count(CortApi api, const OrtSession *session, size_t *count) {
    return ENTRY(31, OrtStatus *, const OrtSession *, size_t *)(session, count);
}

OrtStatus *cort_input_name(CortApi api, const OrtSession *session, size_t index, OrtAllocator *allocator, char **name) {
    return ENTRY(36, OrtStatus *, const OrtSession *, size_t, OrtAllocator *, char **)(session, index, allocator, name);
}

OrtStatus *cort_output_name(CortApi api, const OrtSession *session, size_t index, OrtAllocator *allocator, char **name) {
    return ENTRY(37, OrtStatus *, const OrtSession *, size_t, OrtAllocator *, char **)(session, index, allocator, name);
}

OrtStatus *cort_input_type(CortApi api, const OrtSession *session, size_t index, OrtTypeInfo **info) {
    return ENTRY(33, OrtStatus *, const OrtSession *, size_t, OrtTypeInfo **)(session, index, info);
}

OrtStatus *cort_output_type(CortApi api, const OrtSession *session, size_t index, OrtTypeInfo **info) {
    return ENTRY(34, OrtStatus *, const OrtSession *, size_t, OrtTypeInfo **)(session, index, info);
}

void cort_release_type(CortApi api, OrtTypeInfo *info) {
    ENTRY(98, void, OrtTypeInfo *)(info);
}

OrtStatus *cort_tensor_info(CortApi api, const OrtTypeInfo *info, const OrtTensorTypeAndShapeInfo **tensor) {
    return ENTRY(55, OrtStatus *, const OrtTypeInfo *, const OrtTensorTypeAndShapeInfo **)(info, tensor);
}

OrtStatus *cort_element_type(CortApi api, const OrtTensorTypeAndShapeInfo *info, int *type) {
    return ENTRY(60, OrtStatus *, const OrtTensorTypeAndShapeInfo *, int *)(info, type);
}

OrtStatus *cort_rank(CortApi api, const OrtTensorTypeAndShapeInfo *info, size_t *rank) {
    return ENTRY(61, OrtStatus *, const OrtTensorTypeAndShapeInfo *, size_t *)(info, rank);
}

OrtStatus *cort_dimensions(CortApi api, const OrtTensorTypeAndShapeInfo *info, int64_t *dimensions, size_t rank) {
    return ENTRY(62, OrtStatus *, const OrtTensorTypeAndShapeInfo *, int64_t *, size_t)(info, dimensions, rank);
}

void cort_release_tensor_info(CortApi api, OrtTensorTypeAndShapeInfo *info) {
    ENTRY(99, void, OrtTensorTypeAndShapeInfo *)(info);
}

OrtStatus *cort_create_memory_info(CortApi api, int allocator, int memory, OrtMemoryInfo **info) {
    return ENTRY(69, OrtStatus *, int, int, OrtMemoryInfo **)(allocator, memory, info);
}

void cort_release_memory_info(CortApi api, OrtMemoryInfo *info) {
    ENTRY(94, void, OrtMemoryInfo *)(info);
}

OrtStatus *cort_create_tensor(
    CortApi api, const OrtMemoryInfo *info, void *bytes, size_t count, const int64_t *shape, size_t rank, int type, OrtValue **value) {
    return ENTRY(49, OrtStatus *, const OrtMemoryInfo *, void *, size_t, const int64_t *, size_t, int, OrtValue **)(
        info, bytes, count, shape, rank, type, value);
}

OrtStatus *cort_tensor_bytes(CortApi api, OrtValue *value, void **bytes) {
    return ENTRY(51, OrtStatus *, OrtValue *, void **)(value, bytes);
}

OrtStatus *cort_value_info(CortApi api, const OrtValue *value, OrtTensorTypeAndShapeInfo **info) {
    return ENTRY(65, OrtStatus *, const OrtValue *, OrtTensorTypeAndShapeInfo **)(value, info);
}

void cort_release_value(CortApi api, OrtValue *value) {
    ENTRY(96, void, OrtValue *)(value);
}

OrtStatus *cort_create_run_options(CortApi api, OrtRunOptions **options) {
    return ENTRY(39, OrtStatus *, OrtRunOptions **)(options);
}

OrtStatus *cort_end_run(CortApi api, OrtRunOptions *options) {
    return ENTRY(46, OrtStatus *, OrtRunOptions *)(options);
}

void cort_release_run_options(CortApi api, OrtRunOptions *options) {
    ENTRY(97, void, OrtRunOptions *)(options);
}

OrtStatus *cort_run(
    CortApi api, OrtSession *session, const OrtRunOptions *options, const char *const *input_names, const OrtValue *const *inputs, size_t input_count,
    const char *const *output_names, size_t output_count, OrtValue **outputs) {
    return ENTRY(
        9, OrtStatus *, OrtSession *, const void *, const char *const *, const OrtValue *const *, size_t, const char *const *, size_t,
        OrtValue **)(session, options, input_names, inputs, input_count, output_names, output_count, outputs);
}
