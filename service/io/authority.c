#include "io/authority.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Return: a descriptor, or -1.  Opening neither waits for a writer nor takes a terminal. */
static int
open_file (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  const char *reason = NULL;
  struct stat found;

  if (fd < 0 || fstat (fd, &found) < 0)
    reason = g_strerror (errno);
  else if (!S_ISREG (found.st_mode))
    reason = "it is no file";
  else if (found.st_size > FRAM_AUTHORITY_MAX)
    reason = "it is too long";
  if (reason == NULL)
    return fd;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               "the authorities in “%s” cannot be read: %s", path, reason);
  if (fd >= 0)
    close (fd);
  return -1;
}

static void
close_file (gpointer fd)
{
  close (GPOINTER_TO_INT (fd));
}

GTlsDatabase *
fram_authority_open (const char *path, GError **error)
{
  g_autofree char *opened = NULL;
  g_autoptr (GError) cause = NULL;
  g_autolist (GTlsCertificate) certificates = NULL;
  GTlsDatabase *database = NULL;
  int fd;

  if (!g_path_is_absolute (path))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME,
                   "the file of authorities “%s” needs its whole path", path);
      return NULL;
    }
  fd = open_file (path, error);
  if (fd < 0)
    return NULL;

  /* What was looked at is what is read, now and when a certificate is there to be checked. */
  opened = g_strdup_printf ("/proc/self/fd/%d", fd);
  certificates = g_tls_certificate_list_new_from_file (opened, &cause);
  if (certificates != NULL)
    database = g_tls_file_database_new (opened, &cause);
  if (database != NULL)
    {
      g_object_set_data_full (G_OBJECT (database), "fram-file", GINT_TO_POINTER (fd),
                              close_file);
      return database;
    }

  close (fd);
  g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
               "the authorities in “%s” cannot be used: %s", path,
               cause != NULL ? cause->message : "there is no certificate");
  return NULL;
}
