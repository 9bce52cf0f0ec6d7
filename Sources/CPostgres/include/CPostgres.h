// A door to libpq, PostgreSQL's client (PostgreSQL licence), which is not linked: only libraries whose catalogue is in such a database need it.
#ifndef C_POSTGRES_H
#define C_POSTGRES_H

/// A connection, and the result of a statement.
typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;

/// The functions of libpq that are used, as they are documented there.
struct bsb_pq {
  PGconn *(*connectdb)(const char *conninfo);
  int (*status)(const PGconn *connection);
  char *(*errorMessage)(const PGconn *connection);
  void (*finish)(PGconn *connection);
  void *(*setNoticeProcessor)(PGconn *connection, void (*processor)(void *, const char *), void *argument);
  PGresult *(*execParams)(
      PGconn *connection, const char *command, int count, const unsigned int *types, const char *const *values, const int *lengths,
      const int *formats, int resultFormat);
  int (*resultStatus)(const PGresult *result);
  char *(*resultErrorMessage)(const PGresult *result);
  char *(*resultErrorField)(const PGresult *result, int field);
  int (*ntuples)(const PGresult *result);
  int (*nfields)(const PGresult *result);
  char *(*getvalue)(const PGresult *result, int row, int column);
  int (*getlength)(const PGresult *result, int row, int column);
  int (*getisnull)(const PGresult *result, int row, int column);
  void (*clear)(PGresult *result);
};

/// Opens the library of that name and finds its functions; 0 if it is not there or lacks one.
int bsb_pq_open(const char *name, struct bsb_pq *functions);

/// A connection that tells no notices, such as that a table is there already.
PGconn *bsb_pq_connect(const struct bsb_pq *functions, const char *conninfo);
#endif
