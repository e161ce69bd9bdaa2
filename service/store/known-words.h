/* The words in which the tables tell of enumerations.  They are part of the file and never
 * change.  A word that is not known reads as unknown. */
#pragma once

#include "store/known.h"

const char *fram_known_transport_to_word (FramKnownTransport transport);
/* FALSE: there is no such word. */
gboolean fram_known_transport_from_word (const char *word,
                                         FramKnownTransport *ret_transport);

const char *fram_known_answer_to_word (FramNatAnswer answer);
FramNatAnswer fram_known_answer_from_word (const char *word);

const char *fram_known_dependence_to_word (FramNatDependence dependence);
FramNatDependence fram_known_dependence_from_word (const char *word);
