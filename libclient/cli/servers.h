/* The commands of `fram servers`, and what they share. */
#pragma once

#include <fram.h>

#include "cli/secret.h"

/* `argv[0]` is "servers" and the command's name.  Return: the exit status. */
int servers_add (int argc, char **argv);
int servers_disable (int argc, char **argv);
int servers_edit (int argc, char **argv);
int servers_enable (int argc, char **argv);
int servers_list (int argc, char **argv);
int servers_remove (int argc, char **argv);
int servers_test (int argc, char **argv);

/* Parses `argv` by `entries`; what is left is one argument, or none if `parameters` is NULL;
 * it may be missing if they stand in brackets.
 * Return: STATUS_DONE to go on, or the exit status after a message. */
int servers_parse (const GOptionEntry *entries, const char *parameters,
                   const char *description, int *argc, char ***argv);

/* Finds the service, blocking.  Return: (transfer full): NULL with `*ret_status` set after a
 * message. */
FramSettings *servers_open (int *ret_status);

/* Whether `name` is a URI and no id. */
gboolean servers_is_uri (const char *name);

/* The server that `name` stands for: its id, the beginning of one if no other begins so, or its
 * URI.  Return: (transfer none): NULL with FRAM_ERROR_NO_SERVER. */
FramServer *servers_find (GPtrArray *servers, const char *name, GError **error);

/* Asks for them, and finds one.  Return: (transfer full): NULL with `error` set. */
FramServer *servers_find_now (FramSettings *settings, const char *name, GError **error);

/* Says on standard error what went wrong, of the library or of a password.
 * Return: the exit status. */
int servers_report (const GError *error);

/* --- What is known of a server, as options ----------------------------------------- */

/* As they were given; NULL: not. */
typedef struct
{
  char *uri;
  char *name;
  char *credential;
  char *username;
  char *authority;
  char *password_file;
  int position; /* from 1; 0: not given */
  gboolean ask_password;
  gboolean forget_password;
} ServerOptions;

void server_options_clear (ServerOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ServerOptions, server_options_clear)

/* Their entries in tables of options. */
#define SERVER_OPTIONS_CREDENTIAL(options)                                                 \
  {                                                                                        \
    "user", 0, 0, G_OPTION_ARG_STRING, &(options)->username, "The user name there", "NAME" \
  },                                                                                       \
      { "credential",                                                                      \
        0,                                                                                 \
        0,                                                                                 \
        G_OPTION_ARG_STRING,                                                               \
        &(options)->credential,                                                            \
        "none, long-term (a user name and a password) or shared-secret",                   \
        "KIND" },                                                                          \
      { "password-file",                                                                   \
        0,                                                                                 \
        0,                                                                                 \
        G_OPTION_ARG_FILENAME,                                                             \
        &(options)->password_file,                                                         \
        "The file with the password or shared secret; -: standard input",                  \
        "FILE" },                                                                          \
  {                                                                                        \
    "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &(options)->authority,                         \
        "Certificates (PEM) to check the server's against; '': the system's", "FILE"       \
  }
#define SERVER_OPTIONS_PLACE(options)                                                    \
  { "name", 0, 0, G_OPTION_ARG_STRING, &(options)->name, "A name for people", "NAME" },  \
  {                                                                                      \
    "position", 0, 0, G_OPTION_ARG_INT, &(options)->position,                            \
        "Its place among your servers, from 1", "N"                                      \
  }

/* Whether the values can be; `is_new`: nothing else is known of the server, so that the
 * credential follows from what was given.  Return: STATUS_DONE, or the exit status after a
 * message. */
int server_options_check (ServerOptions *options, gboolean is_new);

/* Whether there is anything. */
gboolean server_options_are_given (const ServerOptions *options);

/* Return: (transfer floating): the a{sv} of org.fram.Ice1.Settings. */
GVariant *server_options_to_variant (const ServerOptions *options);

/* Gets the secret out of the file or from somebody at the terminal, if one was given or
 * `wanted`.  `uri`: where it belongs, for the question.
 *
 * Return: STATUS_DONE, or the exit status after a message.  `ret_secret` is empty if none was
 * given. */
int server_options_get_secret (const ServerOptions *options, const char *uri,
                               gboolean wanted, Secret *ret_secret);
