/* What the files of FramNetworkWatch share. */
#pragma once

#include "inspector-private.h"

struct _FramNetworkWatch
{
  GObject parent_instance;

  FramInspector *inspector;
  char *name;
  gint64 attached, first_age, last_age;
  guint n_checks; /* that are under way */
  gboolean loaded, pulling, pulling_allocations;
  FramTable *interfaces, *servers, *mappings, *deaf, *allocations;
};

/* Shows what a reply of FRAM_NETWORK_REPLY tells. */
void fram_network_watch_take (FramNetworkWatch *self, GVariant *reply);
