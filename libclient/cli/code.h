/* A description as a line that people can pass on: by mail, chat, or read from a screen.
 *
 *   fram1:BASE64URL (checksum, compressed text)
 *   fram2:BASE64URL (the same), with more than one stream
 *
 * The checksum is the first four bytes of the SHA-256 of what follows it.  The text,
 * which is compressed as RFC 1951 says, is one line of `ufrag pwd pacing options`
 * (options with commas between them, `-` if there are none), then a line for each
 * candidate: that of RFC 8839 §5.1 without its `candidate:`.  The candidates of each further stream
 * stand behind a line of `-`. */
#pragma once

#include <fram.h>

#define CODE_PREFIX "fram1:"
#define CODE_PREFIX_STREAMS "fram2:"

/* What the longest code may expand to: far more than any session needs. */
#define CODE_TEXT_MAX 65536

#define CODE_ERROR (code_error_quark ())
GQuark code_error_quark (void);

typedef enum
{
  CODE_ERROR_NO_CODE, /* something else was given */
  CODE_ERROR_VERSION, /* a code of a later version */
  CODE_ERROR_DAMAGED, /* a part is missing or wrong */
} CodeError;

/* Return: (transfer full): the line. */
char *code_encode (FramDescription *description);

/* White space within and around the code is passed over: mail programs break lines.
 *
 * Return: (transfer full): the description, NULL with `error` set. */
FramDescription *code_decode (const char *code, GError **error);
