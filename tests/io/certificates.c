#include "certificates.h"

#include <glib/gstdio.h>

static void run (Authority *authority, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
run (Authority *authority, const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *command = NULL, *output = NULL;
  g_auto (GStrv) words = NULL;
  va_list arguments;
  int status;

  va_start (arguments, format);
  command = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_shell_parse_argv (command, NULL, &words, &error);
  g_assert_no_error (error);
  g_spawn_sync (authority->folder, words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                &output, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("%s: %s", command, output);
}

Authority *
authority_new (void)
{
  Authority *authority = g_new0 (Authority, 1);
  g_autoptr (GError) error = NULL;

  g_thread_pool_set_max_unused_threads (0);

  authority->folder = g_dir_make_tmp ("fram-certificates-XXXXXX", &error);
  g_assert_no_error (error);
  run (authority, "openssl ecparam -name prime256v1 -genkey -noout -out authority.key");
  run (authority, "openssl req -x509 -new -key authority.key -subj '/CN=An authority'"
                  " -days 2 -out authority.pem");
  return authority;
}

static gboolean
has_pool_threads (void)
{
  g_autoptr (GDir) threads = g_dir_open ("/proc/self/task", 0, NULL);
  const char *thread;

  while ((thread = g_dir_read_name (threads)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", thread, "comm", NULL);
      g_autofree char *name = NULL;

      if (g_file_get_contents (path, &name, NULL, NULL)
          && g_str_has_prefix (name, "pool-"))
        return TRUE;
    }
  return FALSE;
}

void
authority_free (Authority *authority)
{
  g_autoptr (GDir) dir = g_dir_open (authority->folder, 0, NULL);
  const char *file;

  /* LeakSanitizer fails where threads are left in which TLS has worked. */
  while (has_pool_threads ())
    if (!g_main_context_iteration (NULL, FALSE))
      g_thread_yield ();
  while ((file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = authority_get_path (authority, file);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (authority->folder), ==, 0);
  g_free (authority->folder);
  g_free (authority);
}

char *
authority_get_path (Authority *authority, const char *file)
{
  return g_build_filename (authority->folder, file, NULL);
}

void
authority_trust (Authority *authority)
{
  g_autofree char *path = authority_get_path (authority, "authority.pem");
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (path, &error);

  g_assert_no_error (error);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
}

static GTlsCertificate *
load (Authority *authority, const char *name)
{
  g_autofree char *file = g_strdup_printf ("%s.pem", name);
  g_autofree char *key_file = g_strdup_printf ("%s.key", name);
  g_autofree char *path = authority_get_path (authority, file);
  g_autofree char *key_path = authority_get_path (authority, key_file);
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate
      = g_tls_certificate_new_from_files (path, key_path, &error);

  g_assert_no_error (error);
  return certificate;
}

GTlsCertificate *
authority_issue (Authority *authority, const char *name, int days)
{
  run (authority, "openssl ecparam -name prime256v1 -genkey -noout -out %s.key", name);
  run (authority,
       "openssl req -new -key %s.key -subj /CN=fram -addext subjectAltName=%s:%s"
       " -out request",
       name, g_hostname_is_ip_address (name) ? "IP" : "DNS", name);
  run (authority,
       "openssl x509 -req -in request -CA authority.pem -CAkey authority.key"
       " -CAcreateserial -copy_extensions copy -days %d -out %s.pem",
       days, name);
  return load (authority, name);
}

GTlsCertificate *
authority_self_sign (Authority *authority, const char *name)
{
  run (authority, "openssl ecparam -name prime256v1 -genkey -noout -out %s.key", name);
  run (authority,
       "openssl req -x509 -new -key %s.key -subj /CN=fram"
       " -addext subjectAltName=DNS:%s -days 2 -out %s.pem",
       name, name, name);
  return load (authority, name);
}
