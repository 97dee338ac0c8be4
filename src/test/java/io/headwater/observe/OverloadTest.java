package io.headwater.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.headwater.observe.Overload.Resource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverloadTest {
    @Test
    void aNodeHasEnoughFromItsLimitUntilItIsATenthBelowIt() {
        Overload overload = new Overload(Map.of(Resource.CPU, 80));
        assertEquals(List.of(), overload.measured(Resource.CPU, 79).reasons());
        assertEquals(
                List.of("cpu 80 percent, the limit is 80 percent"),
                overload.measured(Resource.CPU, 80).reasons());
        assertFalse(overload.measured(Resource.CPU, 73).reasons().isEmpty());
        assertEquals(List.of(), overload.measured(Resource.CPU, 72).reasons());
        assertEquals(List.of(), overload.measured(Resource.CPU, 79).reasons());
    }

    @Test
    void whatIsNotKnownChangesNothing() {
        Overload overload = new Overload(Map.of(Resource.CPU, 80)).measured(Resource.CPU, 90);
        assertFalse(overload.measured(Resource.CPU, -1).reasons().isEmpty());
    }

    @Test
    void everyReasonIsTold() {
        Overload overload = new Overload(Map.of(Resource.CPU, 80, Resource.VIEWERS, 1));
        overload.measured(Resource.VIEWERS, 1).measured(Resource.CPU, 99);
        assertEquals(
                List.of("cpu 99 percent, the limit is 80 percent", "viewers 1, the limit is 1"), overload.reasons());
        assertEquals(1, overload.measured(Resource.VIEWERS, 0).reasons().size());
    }

    @Test
    void aLimitOfZeroIsNone() {
        Overload overload = new Overload(Map.of(Resource.MEMORY, 0));
        assertFalse(overload.isLimited());
        assertEquals(List.of(), overload.measured(Resource.MEMORY, 100).reasons());
    }
}
