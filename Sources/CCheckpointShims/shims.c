#include "CCheckpointShims.h"
