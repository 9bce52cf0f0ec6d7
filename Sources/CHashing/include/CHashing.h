// SHA-256 of OpenSSL's libcrypto.
#ifndef C_HASHING_H
#define C_HASHING_H
#include <openssl/evp.h>
#endif
