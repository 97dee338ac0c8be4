package io.headwater.codec.hls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceNameTest {
    static ResourceName[] names() {
        return new ResourceName[] {
            new ResourceName.InitFile(1_900_000_000_000_000_000L, 0),
            new ResourceName.SegmentFile(7, 1L << 40),
            new ResourceName.ShortSegmentFile(7, 12, 3),
            new ResourceName.PartFile(7, 0, 65_535),
            new ResourceName.ShortSegmentFile(7, 12, 0),
            new ResourceName.TsFile(7, 12, ResourceName.TsFile.WHOLE),
            new ResourceName.TsFile(7, 12, 0),
            new ResourceName.TsFile(7, 12, 3)
        };
    }

    @ParameterizedTest
    @MethodSource("names")
    void areReadAsTheyAreWritten(ResourceName name) {
        assertEquals(Optional.of(name), ResourceName.parse(name.toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1/01.m4s",
                "01/1.m4s",
                "1/1.m4s?x",
                "1/-1.m4s",
                "1/1.1.1.m4s",
                "1/init-1.m4s",
                "1/1.99999999999.m4s",
                "9999999999999999999/1.m4s",
                "1/1-.m4s",
                "1/1.2.ts",
                "1/1-1.1.ts",
                "1/init-0.ts",
                "../1/1.m4s"
            })
    void nothingElseIsRead(String path) {
        assertEquals(Optional.empty(), ResourceName.parse(path));
    }
}
