package io.mcudeploy.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChannelGroupsTest {
  @Test
  void lastGroupOverlapsTheOneBefore() {
    assertThat(new ChannelGroups(10).firsts()).containsExactly(0, 4, 6);
    assertThat(new ChannelGroups(8).firsts()).containsExactly(0, 4);
  }

  @Test
  void fewChannelsAreOneGroupThatStoresOnlyThem() {
    assertThat(new ChannelGroups(3).firsts()).containsExactly(0);
    assertThat(new ChannelGroups(3).stores()).containsExactly(0, 1, 2);
    assertThat(new ChannelGroups(9).stores()).containsExactly(0, 1, 2, 3);
  }
}
