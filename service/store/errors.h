/* What can go wrong with a file of the store, in words that tell what to do about it. */
#pragma once

#include <glib.h>

#define FRAM_STORE_ERROR (fram_store_error_quark ())
GQuark fram_store_error_quark (void);

typedef enum
{
  FRAM_STORE_ERROR_FAILED,  /* none of the others */
  FRAM_STORE_ERROR_DAMAGED, /* the file is no database, or not a whole one */
  FRAM_STORE_ERROR_SCHEMA, /* a database, but its tables are not those that are expected */
  FRAM_STORE_ERROR_NEWER,  /* a later Fram wrote it, in a way that is not known here */
  FRAM_STORE_ERROR_FULL,   /* no space is left, on the disk or within the file's limit */
  FRAM_STORE_ERROR_READ_ONLY, /* the disk can be read only */
  FRAM_STORE_ERROR_NO_ACCESS, /* not permitted, or not safe: a link, somebody else's file */
  FRAM_STORE_ERROR_IO,        /* the disk reports an error */
  FRAM_STORE_ERROR_BUSY,      /* another process has it open */
  FRAM_STORE_ERROR_CONSTRAINT, /* a value that the tables refuse */
} FramStoreError;
