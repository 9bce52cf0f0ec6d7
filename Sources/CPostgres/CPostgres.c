#include "CPostgres.h"

#include <dlfcn.h>
#include <stddef.h>

int bsb_pq_open(const char *name, struct bsb_pq *functions) {
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!library) return 0;
#define FIND(function) \
  if (!(functions->function = (__typeof__(functions->function))dlsym(library, "PQ" #function))) return 0
  FIND(connectdb);
  FIND(status);
  FIND(errorMessage);
  FIND(finish);
  FIND(setNoticeProcessor);
  FIND(execParams);
  FIND(resultStatus);
  FIND(resultErrorMessage);
  FIND(resultErrorField);
  FIND(ntuples);
  FIND(nfields);
  FIND(getvalue);
  FIND(getlength);
  FIND(getisnull);
  FIND(clear);
#undef FIND
  return 1;
}

static void be_silent(void *argument, const char *message) {
  (void)argument;
  (void)message;
}

PGconn *bsb_pq_connect(const struct bsb_pq *functions, const char *conninfo) {
  PGconn *connection = functions->connectdb(conninfo);
  if (connection) functions->setNoticeProcessor(connection, be_silent, NULL);
  return connection;
}
