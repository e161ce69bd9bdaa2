/* Where the two ends of a path are: on one host, or on two, which are network namespaces.  Sockets
 * belong to the one in which they were made, whoever uses them. */
#pragma once

#include <glib.h>

typedef struct
{
  const char *addresses[2]; /* of the sender, of the receiver */
  const char *way;          /* how they call the kernel */
  guint n_sessions;         /* at either port, if ports are shared */
  char **more;              /* further arguments, ended by NULL */
} Places;

/* Reads "ADDRESS [WAY [MORE...]]", the options of the places and the program's own (NULL: none);
 * `name` is the program's.  What it gives is valid until the program ends. */
Places places_parse (const char *name, int argc, char **argv,
                     const GOptionEntry *own_options);
/* What is made until places_leave() is on the receiver's host. */
void places_enter_other (void);
void places_leave (void);
