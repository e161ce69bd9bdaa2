/* An authority of the test's own and the certificates it issues, made by `openssl` in a
 * folder that goes with it. */
#pragma once

#include <gio/gio.h>

typedef struct
{
  char *folder;
} Authority;

Authority *authority_new (void);
void authority_free (Authority *authority);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Authority, authority_free)

/* Makes it the only one whose signature counts in this process. */
void authority_trust (Authority *authority);
/* Return: (transfer full): a file of its folder. */
char *authority_get_path (Authority *authority, const char *file);
/* For this DNS name or IP address, for so many days from now; the files are NAME.pem and NAME.key.
 * Return: (transfer full). */
GTlsCertificate *authority_issue (Authority *authority, const char *name, int days);
/* The same, signed by nobody but itself. */
GTlsCertificate *authority_self_sign (Authority *authority, const char *name);
