// The 23 functions of libcurl that Swift's FoundationNetworking calls, found in the system's libcurl when one is first called.
//
// Linked into the wheel's program in place of libcurl: only `bsb models` fetches anything, and bundling libcurl would bring 27 libraries with
// it. Every argument is an integer or a pointer of one word, also those after the dots of curl_easy_setopt and its kin, so that it is passed on
// as it came: where Linux runs, such arguments travel in the same registers with and without dots.
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

static void *function(const char *name) {
    // Opening a library twice gives the same one, so nothing need be remembered, nor any thread be kept out.
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_GLOBAL);
    void *found = library ? dlsym(library, name) : NULL;
    if (found) return found;
    fprintf(stderr, "bsb: fetching needs the system's libcurl.so.4, which cannot be used (%s); install libcurl (Debian and Ubuntu: apt-get install libcurl4)\n",
            dlerror());
    // Foundation takes it for granted that these functions work. 69 is bsb's exit code for a model that is not to be had.
    _exit(69);
}

typedef intptr_t word;

#define ON_DEMAND(name)                                                                        \
    word name(word a, word b, word c, word d) {                                                \
        static word (*kept)(word, word, word, word);                                           \
        word (*known)(word, word, word, word) = __atomic_load_n(&kept, __ATOMIC_ACQUIRE);      \
        if (!known) {                                                                          \
            known = (word (*)(word, word, word, word))function(#name);                         \
            __atomic_store_n(&kept, known, __ATOMIC_RELEASE);                                  \
        }                                                                                      \
        return known(a, b, c, d);                                                              \
    }

ON_DEMAND(curl_easy_cleanup)
ON_DEMAND(curl_easy_getinfo)
ON_DEMAND(curl_easy_init)
ON_DEMAND(curl_easy_pause)
ON_DEMAND(curl_easy_setopt)
ON_DEMAND(curl_easy_strerror)
ON_DEMAND(curl_free)
ON_DEMAND(curl_global_init)
ON_DEMAND(curl_multi_add_handle)
ON_DEMAND(curl_multi_assign)
ON_DEMAND(curl_multi_cleanup)
ON_DEMAND(curl_multi_info_read)
ON_DEMAND(curl_multi_init)
ON_DEMAND(curl_multi_remove_handle)
ON_DEMAND(curl_multi_setopt)
ON_DEMAND(curl_multi_socket_action)
ON_DEMAND(curl_slist_append)
ON_DEMAND(curl_slist_free_all)
ON_DEMAND(curl_url)
ON_DEMAND(curl_url_get)
ON_DEMAND(curl_url_set)
ON_DEMAND(curl_version)
ON_DEMAND(curl_version_info)
