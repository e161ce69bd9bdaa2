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

/* Owns `call`, and hands it to `handler` with the other arguments, at once or later, or fails it:
 * for rights that cannot be told at once. */
typedef void (*FramMethodGuard) (FramCall *call, GVariant *arguments, gpointer object,
                                 FramMethodHandler handler);

typedef struct
{
  const GDBusInterfaceInfo *info;
  const FramMethod *methods; /* ended by a NULL name; NULL: none */
  const FramProperty *properties;
  FramAccess access;     /* NULL: everybody may */
  FramMethodGuard guard; /* of the methods; NULL: none */
} FramInterfaceTable;

typedef struct _FramInterface FramInterface;

/* `table` must outlive the interface; the interface must outlive all objects that have it
 * and their calls.
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

/* Calls the method, which is of the interface, behind its guard.  Owns `call`. */
void fram_interface_call (const FramInterface *interface, const FramBoundMethod *method,
                          FramCall *call, GVariant *arguments, gpointer object);
/* Return: (transfer none) (nullable). */
const FramBoundMethod *fram_interface_find_method (const FramInterface *interface,
                                                   const char *name);
const FramProperty *fram_interface_find_property (const FramInterface *interface,
                                                  const char *name);
