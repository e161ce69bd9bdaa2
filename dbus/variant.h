/* Between the bodies of D-Bus messages and GVariant.
 *
 * What comes from the bus is hostile: reading ends at the limits below and never trusts a
 * descriptor to be there.  GVariant has types that D-Bus has not (`m`, `()`): writing refuses
 * them, inside of a `v` too, as libdbus would abort the process. */
#pragma once

#include <dbus/dbus.h>
#include <gio/gunixfdlist.h>

typedef enum
{
  FRAM_VARIANT_OK = 0,
  FRAM_VARIANT_NO_TYPE, /* a type that D-Bus does not have, or a signature that is none */
  FRAM_VARIANT_NO_FD,   /* an `h` without a descriptor */
  FRAM_VARIANT_TOO_MANY_FDS,
  FRAM_VARIANT_TOO_LARGE, /* FRAM_VARIANT_MAX_BYTES; in writing, what libdbus allows */
  FRAM_VARIANT_TOO_DEEP,
} FramVariantResult;

/* What a body may hold: the memory that its GVariant needs, roughly; containers within each
 * other; and descriptors, because each `h` is a duplicate although all may name one. */
#define FRAM_VARIANT_MAX_BYTES (1024 * 1024)
#define FRAM_VARIANT_MAX_DEPTH 64
#define FRAM_VARIANT_MAX_FDS 16

/* A sentence a person can act on. */
const char *fram_variant_result_to_text (FramVariantResult result);

/* Return: `ret_body` is a tuple, (transfer full) and not floating.  `ret_fds` is
 * (transfer full), NULL if there is no `h`; the list owns duplicates that are close-on-exec,
 * and each `h` is an index into it.  Outputs are untouched on failure. */
FramVariantResult fram_variant_from_message (DBusMessage *message, GVariant **ret_body,
                                             GUnixFDList **ret_fds);

/* Appends each child of the tuple `body` to `message`, which has none yet.  An `h` is an
 * index into `fds` (may be NULL), which keeps its descriptors: the message has duplicates.
 * After a failure `message` cannot be sent. */
FramVariantResult fram_variant_to_message (DBusMessage *message, GVariant *body,
                                           GUnixFDList *fds);
