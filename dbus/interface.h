/* An interface of the XML together with the functions that serve it.
 *
 * The XML says which methods and properties there are and of which types; the tables say who
 * answers.  The two are compared once, when the service starts. */
#pragma once

#include <gio/gio.h>

#include "dbus/call.h"

/* Owns `call` until it answers it.  `arguments` is a tuple of the type in the XML, valid
 * during the handler; `object` is what was exported. */
typedef void (*FramMethodHandler) (FramCall *call, GVariant *arguments, gpointer object);
/* Return: a value of the property's type, floating or (transfer full). */
typedef GVariant *(*FramPropertyGetter) (gpointer object);

typedef struct
{
  const char *name;
  FramMethodHandler handler;
} FramMethod;

/* `set` answers its call without values; `value` is of the property's type. */
typedef struct
{
  const char *name;
  FramPropertyGetter get; /* NULL: it cannot be read */
  FramMethodHandler set;  /* NULL: it cannot be written */
} FramProperty;

/* Whether `sender` may call methods and use properties of `object`. */
typedef gboolean (*FramAccess) (gpointer object, const char *sender);

/* Owns `call` to a member of `object`, and hands it with `arguments` and `data` to `handler`, at
 * once or later, or fails it: for rights that cannot be told at once. */
typedef void (*FramGuard) (FramCall *call, GVariant *arguments, gpointer object,
                           FramMethodHandler handler, gpointer data);

typedef struct
{
  const GDBusInterfaceInfo *info;
  const FramMethod *methods; /* ended by a NULL name; NULL: none */
  const FramProperty *properties;
  FramAccess access; /* NULL: everybody may */
  FramGuard guard;   /* of the methods and properties; NULL: none */
} FramInterfaceTable;

typedef struct _FramInterface FramInterface;

/* `table` must outlive the interface; the interface must outlive all objects that have it
 * and their calls; an object whose interface has a guard outlives the calls that wait there.
 * Return: NULL and FRAM_BUS_ERROR_INCOMPLETE if a method or a property of the XML has no
 * handler, or a handler is for nothing in the XML. */
FramInterface *fram_interface_new (const FramInterfaceTable *table, GError **error);
void fram_interface_free (FramInterface *interface);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramInterface, fram_interface_free)

const GDBusInterfaceInfo *fram_interface_get_info (const FramInterface *interface);
gboolean fram_interface_may_use (const FramInterface *interface, gpointer object,
                                 const char *sender);

/* A method ready to be called. */
typedef struct
{
  FramMethodHandler handler;
  char *signature;  /* of the arguments, as in a message */
  char *reply_type; /* as a GVariant's tuple */
} FramBoundMethod;

/* Takes `call` past the interface's guard to `handler`, which gets it with `arguments` and `data`;
 * `object` is what was exported. */
void fram_interface_admit (const FramInterface *interface, FramCall *call,
                           GVariant *arguments, gpointer object,
                           FramMethodHandler handler, gpointer data);
/* Return: (transfer none) (nullable). */
const FramBoundMethod *fram_interface_find_method (const FramInterface *interface,
                                                   const char *name);
const FramProperty *fram_interface_find_property (const FramInterface *interface,
                                                  const char *name);
