/* One call on the bus, made the same way everywhere: the reply or a translated error ends
 * up in a task. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

/* Calls `method` of what `proxy` stands for.  The task returns the reply (GVariant); the
 * descriptors that came with it are its task data (GUnixFDList or NULL).
 *
 * `arguments`: (transfer floating) (nullable); `task`: (transfer full) */
void fram_call (GDBusProxy *proxy, const char *method, GVariant *arguments, GTask *task);

/* The same with descriptors for the service.  `given`: (transfer none) (nullable) */
void fram_call_giving (GDBusProxy *proxy, const char *method, GVariant *arguments,
                       GUnixFDList *given, GTask *task);

/* As fram_call(), blocking.  Return: (transfer full): the reply, NULL with `error` set.
 * `ret_descriptors` may be NULL. */
GVariant *fram_call_sync (GDBusProxy *proxy, const char *method, GVariant *arguments,
                          GUnixFDList **ret_descriptors, GCancellable *cancellable,
                          GError **error);

/* As fram_call_giving(), blocking.  Return: (transfer full): the reply, NULL with `error`
 * set. */
GVariant *fram_call_giving_sync (GDBusProxy *proxy, const char *method,
                                 GVariant *arguments, GUnixFDList *given,
                                 GCancellable *cancellable, GError **error);

/* Return: (transfer full): the reply of the call that `result` stands for and that `tag`
 * began. */
GVariant *fram_call_finish (gpointer source, GAsyncResult *result, gpointer tag,
                            GError **error);

/* GIO looks at the types of the manager's replies; of other interfaces, nobody has.
 * `reply`: (transfer full) (nullable).  Return: (transfer full): the same if it is of `type`,
 * NULL with `error` set */
GVariant *fram_call_check (GVariant *reply, const char *type, GError **error);

/* As fram_call_finish(), where the reply says nothing. */
gboolean fram_call_finish_void (gpointer source, GAsyncResult *result, gpointer tag,
                                GError **error);
