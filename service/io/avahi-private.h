/* What the files of the talk with Avahi share. */
#pragma once

#include "io/avahi.h"

struct _FramAvahi
{
  GMainContext *context;
  const FramAvahiListener *listener;
  gpointer user_data;
  GCancellable *cancellable; /* of all that is under way; cancelled at the end */
  GDBusConnection *bus;      /* the system's; NULL: not yet, or not any more */
  gboolean connecting;
  gulong on_closed;
  guint watch;       /* for Avahi's name */
  char *owner;       /* Avahi's unique name; NULL: it does not run, or */
  gboolean is_known; /* (FALSE) that is not known yet */
  guint subscriptions[2];
  char *problem;
  GHashTable *lookups;      /* FramNameId -> FramAvahiLookup */
  GHashTable *browsers;     /* object path -> FramAvahiLookup */
  GHashTable *publications; /* FramNameId -> FramAvahiPublication */
  GHashTable *groups;       /* object path -> FramAvahiPublication */
};

/* Milliseconds for each call; those who do not answer are as if they were not there. */
#define FRAM_AVAHI_PATIENCE 5000

/* avahi.c */
/* Connects to the system bus, if it is not yet. */
void fram_avahi_need (FramAvahi *avahi);
/* Calls a method of Avahi, which runs.  `answer` NULL: it is of no interest; else
 * it gets the connection, and CANCELLED if `avahi` is gone. */
void fram_avahi_call (FramAvahi *avahi, const char *path, const char *interface,
                      const char *method, GVariant *arguments, const char *reply_type,
                      GAsyncReadyCallback answer, gpointer user_data);
/* An object that Avahi has made for us goes. */
void fram_avahi_free_object (FramAvahi *avahi, const char *interface, const char *path);
/* Signals of all objects with this interface. */
guint fram_avahi_subscribe (FramAvahi *avahi, const char *interface, const char *signal,
                            GDBusSignalCallback callback);

/* avahi-lookups.c */
void fram_avahi_init_lookups (FramAvahi *avahi);
void fram_avahi_clear_lookups (FramAvahi *avahi);
/* Avahi is there: what waits for it is asked. */
void fram_avahi_begin_lookups (FramAvahi *avahi);
/* It is not there: nothing is found. */
void fram_avahi_end_lookups (FramAvahi *avahi);
void fram_avahi_forget_lookup (FramAvahi *avahi, FramNameId name);

/* avahi-names.c: the same of what is published. */
void fram_avahi_init_names (FramAvahi *avahi);
void fram_avahi_clear_names (FramAvahi *avahi);
void fram_avahi_begin_names (FramAvahi *avahi);
void fram_avahi_end_names (FramAvahi *avahi);
void fram_avahi_forget_name (FramAvahi *avahi, FramNameId name);
